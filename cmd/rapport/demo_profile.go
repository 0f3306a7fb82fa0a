package main

import (
	"rapport/models"
)

var demoProfile = models.PracticeProfile{
	About:  "We are licensed massage therapists in Ballard. For eight years we have looked after people with neck and back pain together with their doctors: on your order, within it, and with a report that you read in half a minute.",
	Treats: []string{"Neck and back pain", "Tension headache and jaw pain", "After accidents, in agreement with the insurer", "Overuse of arm and hand"},
	Techniques: []models.Technique{
		"petrissage", "myofascial_release", "trigger_point"},
	Languages: []string{"English", "Español", "Deutsch"}, Payment: []string{"Premera, Regence, Kaiser PPO", "Labor & Industries", "Cards and cash"},
	Hours: []string{"Mon to Thu 9–19", "Fri 9–15"}, HowToRefer: "Fax the form behind this letter, or write the order in the portal. We call your patient on the same day.",
	Access: "Parking behind the house, no steps, bus 44.", ReportWithinDays: 3}

// demoNeighbors are offices near the practice that it does not know.
var demoNeighbors = []models.ProviderDraft{
	{Name: models.PersonName{Given: "Solveig", Family: "Brandt"}, Credentials: "MD", Taxonomy: "207Q00000X", Accepting: models.AcceptingYes, Office: &models.Office{Name: "Sunset Hill Family Medicine",
		Phone: "+1 206 555 0191", Address: models.Address{Line1: "6411 32nd Ave NW", City: "Seattle", State: "WA", PostalCode: "98107"}}},
	{Name: models.PersonName{Given: "Tomás", Family: "Núñez"}, Credentials: "DC", Taxonomy: "111N00000X", Office: &models.Office{Name: "Wallingford Chiropractic",
		Phone: "+1 206 555 0192", Address: models.Address{Line1: "1815 N 45th St", City: "Seattle", State: "WA", PostalCode: "98103"}}},
	{Name: models.PersonName{Given: "Aoife", Family: "Ní Bhriain"}, Credentials: "MD", Taxonomy: "207X00000X", Accepting: models.AcceptingYes, Office: &models.Office{Name: "Capitol Hill Orthopedics",
		Phone: "+1 206 555 0193", Address: models.Address{Line1: "700 Broadway", City: "Seattle", State: "WA", PostalCode: "98122"}}},
}

// introductions plan how the practice introduced itself: its profile and packets
// to two offices when it began, and one to an office that asked for it later.
func (s *seeder) introductions() {
	s.later(s.on(s.today.AddDays(-366), 11, 0), func() error {
		_, err := s.net.WriteProfile(s.ctx, s.owner, demoProfile)
		for _, d := range demoNeighbors {
			if err == nil {
				_, err = s.net.AddProvider(s.ctx, models.System(""), d)
			}
		}
		return err
	})
	for _, c := range demoCalls[:2] {
		s.later(s.workday(364, 11, c.provider), func() error {
			_, err := s.net.SendPacket(s.ctx, s.owner, s.ties[c.provider], models.ContactLetter)
			return err
		})
	}
	s.later(s.workday(38, 11, 10), func() error {
		_, err := s.net.SendPacket(s.ctx, s.desk, s.ties[10], models.ContactEmail)
		return err
	})
}
