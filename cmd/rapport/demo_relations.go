package main

import (
	"time"

	"rapport/models"
)

// relations plans how the practice keeps up with its partners: whom it wants to
// hear how often, who answers the phone there, calls, promises and wishes.
func (s *seeder) relations() {
	s.later(s.on(s.today.AddDays(-366), 9, 0), s.related)
	s.later(s.on(s.today.AddDays(-366), 10, 0), s.known)
	s.introductions()
	for i, c := range demoCalls {
		for k, ago := range c.ago {
			d := demoContact{provider: c.provider, ago: ago, channel: models.ContactCall, outcome: models.ReachedStaff, staff: c.staff, note: demoSmallTalk[(i+k)%len(demoSmallTalk)]}
			s.contact(d)
		}
	}
	for _, d := range demoContacts {
		s.contact(d)
	}
	for _, d := range demoPromises {
		s.promise(d)
	}
	for _, d := range demoWishes {
		s.wish(d)
	}
	for _, d := range demoVerified {
		s.later(s.workday(d.ago, 16, d.provider), func() error {
			_, err := s.net.VerifyProvider(s.ctx, s.desk, s.providers[d.provider].ID)
			return err
		})
	}
	// What nobody answers for long is closed by the passes, as on a server.
	s.later(s.on(s.today.AddDays(-110), 3, 0), func() error { return s.net.RunPasses(s.ctx) })
}

// workday is a time of the day so long ago, or of the Friday before it.
func (s *seeder) workday(ago, hour, minute int) time.Time {
	day := s.today.AddDays(-ago)
	switch day.Time(s.zone).Weekday() {
	case time.Saturday:
		day = day.AddDays(-1)
	case time.Sunday:
		day = day.AddDays(-2)
	}
	return s.on(day, hour, minute%60)
}

func (s *seeder) related() error {
	for i, p := range s.providers {
		r, err := s.net.Relate(s.ctx, s.owner, p.ID)
		if err != nil {
			return err
		}
		s.ties = append(s.ties, r.ID)
		t := demoTies[i]
		if _, err := s.net.ChangeRelationship(s.ctx, s.owner, r.ID, models.RelationshipChange{Tier: &t.tier, WantedIntervalDays: &t.every, Accepting: &t.accepting, Notes: &t.notes}); err != nil {
			return err
		}
	}
	return nil
}

// known writes down who works at the offices.
func (s *seeder) known() error {
	office := map[int]models.OfficeID{}
	for i, p := range demoProviders {
		office[p.office] = s.providers[i].Offices[0].ID
	}
	for i, d := range demoStaff {
		made, err := s.net.AddStaff(s.ctx, s.desk, models.OfficeStaff{OfficeID: office[d.office], Name: d.name, Role: d.role, Phone: demoOffices[d.office].Phone, BestTime: d.best})
		if err != nil {
			return err
		}
		s.staff[i] = made.ID
	}
	return nil
}

// contact plans one line of the contact log.
func (s *seeder) contact(d demoContact) {
	s.later(s.workday(d.ago, 10+d.ago%5, 7*d.provider), func() error {
		today := models.DateOf(s.at, s.zone)
		c := models.ContactDraft{Channel: d.channel, Direction: d.direction, Outcome: d.outcome, Note: d.note, NextStep: d.next, Checklist: d.answers}
		if d.staff >= 0 {
			c.StaffID = s.staff[d.staff]
		}
		if d.next != "" {
			c.NextStepOn = today.AddDays(d.in)
		}
		if d.callAt != "" {
			c.CallBack = &models.CallBack{On: today.AddDays(d.in), At: d.callAt}
		}
		_, err := s.net.LogContact(s.ctx, s.desk, s.ties[d.provider], c)
		return err
	})
}

// promise plans a promise and what became of it: kept on somebody's word,
// released, or nothing, which leaves it open or breaks it. One that a contact
// keeps has no end here.
func (s *seeder) promise(d demoPromise) {
	var id models.PromiseID
	s.later(s.workday(d.made, 11, d.provider), func() error {
		made := models.PromiseDraft{RelationshipID: s.ties[d.provider], OwedBy: d.by, Kind: d.kind, What: d.what, DueOn: s.today.AddDays(-d.due)}
		if d.client >= 0 {
			made.ClientID = s.clients[d.client].ID
		}
		l, err := s.net.Promise(s.ctx, s.desk, made)
		id = l.ID
		return err
	})
	switch {
	case d.kept >= 0:
		s.later(s.workday(d.kept, 15, d.provider), func() error { _, err := s.net.KeepPromise(s.ctx, s.desk, id); return err })
	case d.released != "":
		s.later(s.workday(d.due, 15, d.provider), func() error { _, err := s.net.ReleasePromise(s.ctx, s.desk, id, d.released); return err })
	}
}

// wish plans a provider's wish for a document. One that a report answers has
// no end here.
func (s *seeder) wish(d demoWish) {
	var id models.RequestID
	doctor := d.provider
	s.later(s.workday(d.ago, 12, d.client), func() error {
		l, err := s.net.AskForDocument(s.ctx, s.doctors[doctor], models.RequestDraft{ClientID: s.clients[d.client].ID, Kind: d.kind,
			WantedBy: models.DateOf(s.at, s.zone).AddDays(d.within), Note: d.note})
		id = l.ID
		return err
	})
	if d.declined != "" {
		s.later(s.workday(d.ago-1, 17, d.client), func() error { _, err := s.net.DeclineDocument(s.ctx, s.therapist, id, d.declined); return err })
	}
	if d.withdrawn {
		s.later(s.workday(d.ago-1, 17, d.client), func() error { _, err := s.net.WithdrawDocument(s.ctx, s.doctors[doctor], id); return err })
	}
}
