package mail

import (
	"context"
	"slices"
	"sync"

	"rapport/models"
)

// Memory keeps mails, for tests and for the demonstration.
type Memory struct {
	mu   sync.Mutex
	sent []models.Mail
	fail func(models.Mail) error
}

// Send keeps the mail unless Fail says otherwise.
func (s *Memory) Send(_ context.Context, m models.Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(m); err != nil {
			return err
		}
	}
	s.sent = append(s.sent, m)
	return nil
}

// Fail sets what goes wrong from now on; nil ends it.
func (s *Memory) Fail(f func(models.Mail) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = f
}

// Sent returns the mails in order.
func (s *Memory) Sent() []models.Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}
