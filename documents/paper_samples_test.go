package documents

import (
	"bytes"
	"fmt"
	"image"
	pixel "image/color"
	"image/png"
	"testing"

	"rapport/models"
)

func ptr[T any](v T) *T { return &v }

var practice = Letterhead{Name: "Lindqvist Massage Therapy", Address: []string{"1420 Pine Street, Suite 3", "Seattle, WA 98101"},
	Phone: "(206) 555-0142", Fax: "(206) 555-0143", Email: "office@lindqvist.example"}

var drMunoz = Addressee{Name: "Dr. Ana Muñoz, DC", Office: "Northgate Spine & Joint", Address: []string{"9 Roosevelt Way", "Seattle, WA 98115"}, Fax: "(206) 555-0190"}

var identity = Identity{DocumentID: "0197a3c2-7b51-7c1e-9d0a-3f2b8c4e5d6f", At: someDay,
	ContentHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}

// course makes weekly readings.
func course(values ...float64) (ps []MeasurePoint) {
	for i, v := range values {
		ps = append(ps, MeasurePoint{models.Date("2026-01-06").AddDays(7 * i), v})
	}
	return ps
}

func progressReport() ReportPaper {
	r := ReportPaper{
		Identity: identity, Kind: "progress", Practice: practice, Recipient: drMunoz,
		Client: Person{"Łucja Nguyễn", "1980-02-29"}, On: "2026-02-11", From: "2026-01-06", Until: "2026-02-10",
		Release: "Disclosed under the client's authorization signed Jan 2, 2026.",
		Order: OrderSummary{IssuedOn: "2026-01-05", Diagnoses: []string{"M54.2", "M62.838"}, Regions: []string{"Neck", "Shoulder, left"},
			Minutes: 30, Frequency: "once a week", Used: 6, Left: 6, Allowed: 12, ValidUntil: "2026-03-31"},
		Attendance: &Attendance{6, 1, 0},
		Measures: []MeasureLine{
			{Name: "Neck Disability Index", Short: "NDI", Unit: "points", Max: 50, Better: "lower is better", Baseline: ptr(31.0), Last: ptr(18.0), Now: ptr(12.0),
				BaselineOn: "2026-01-06", LastOn: "2026-01-27", NowOn: "2026-02-10", Change: ptr(-19.0), Direction: "better",
				MDC: ptr(10.2), MCID: ptr(7.5), BeyondMDC: ptr(true), BeyondMCID: ptr(true), Course: course(31, 28, 24, 18, 15, 12)},
			{Name: "Pain, numeric rating", Short: "Pain (NPRS)", Max: 10, Better: "lower is better", Baseline: ptr(7.0), Last: ptr(4.0), Now: ptr(3.0),
				BaselineOn: "2026-01-06", LastOn: "2026-02-03", NowOn: "2026-02-10", Change: ptr(-4.0), Direction: "better",
				MCID: ptr(2.0), BeyondMCID: ptr(true), Course: course(7, 7, 6, 5, 4, 3)},
			{Name: "Rotation to the left", Short: "Rotation left", Unit: "°", Max: 90, Better: "higher is better", Baseline: ptr(52.0), Last: ptr(60.0), Now: ptr(58.0),
				BaselineOn: "2026-01-06", LastOn: "2026-02-03", NowOn: "2026-02-10", Change: ptr(6.0), Direction: "better", Course: course(52, 50, 55, 58, 60, 58)},
		},
		Treatment: []TreatmentLine{{"Neck", 6, 132, []string{"Petrissage (kneading)", "Myofascial release"}}, {"Shoulder, left", 4, 48, []string{"Trigger point therapy"}}},
		Subjective: "Headaches once a week instead of four times. Sleeps through. Sitting longer than an hour still brings the ache back between the shoulder blades. " +
			"Asked about tingling in the right hand: asked to see the doctor.",
		Objective:      "Upper trapezius less tender on both sides (grade 3 → 1). Rotation to the left 52° → 58°. No swelling, no adverse response beyond soreness for a day after the second visit.",
		Assessment:     "Function improved beyond measurement error on the NDI. Range of motion changed less than the measurement error of a goniometer.",
		Plan:           "Continue weekly within the order: neck and left shoulder, 30 minutes. Repeat the NDI at visit 9.",
		Advice:         "Continue as ordered",
		Recommendation: "Continue the six visits that are left; please look at the tingling in the right hand.",
		NextReportOn:   "2026-03-24",
		ReplyTo:        "Fax (206) 555-0143 or answer in the portal",
		Signature:      Signature{Name: "Rosa Lindqvist", Licence: "LMT MA60123456", Role: "Therapist", At: "Signed Feb 11, 2026, 4:12 PM PST"},
	}
	for i := range 6 {
		n := SessionNote{Visit: fmt.Sprintf("Visit %d of 12", i+1), On: models.Date("2026-01-06").AddDays(7 * i), Therapist: "Rosa Lindqvist, LMT", Minutes: 30,
			Regions: []string{"Neck", "Shoulder, left"}, Techniques: []string{"Petrissage (kneading)"}, Readings: []string{fmt.Sprintf("Pain %d before, %d after", 7-i, 5-i/2)},
			Subjective: "Ache between the shoulder blades after work, worse on the left.", Objective: "Tender upper trapezius; 30 minutes, prone and supine.",
			Assessment: "Responds well to slow work.", Plan: "Same again in a week; stretches at home.", Response: "Relaxed, no soreness.",
			Precautions: []string{"No pressure over C1–C2"}, Signed: "Rosa Lindqvist, " + day(models.Date("2026-01-06").AddDays(7*i)) + ", 5:02 PM PST"}
		r.Notes = append(r.Notes, n)
	}
	r.Notes[1].Addenda = []Addendum{{"Jan 14, 2026, 9:00 AM PST", "Rosa Lindqvist", "Client called: sore for one day."}}
	r.Notes[4].Deviation = "Right calf cramped on the table and was held for two minutes."
	return r
}

func made(t *testing.T, doc []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// drawnName is a picture such as a signature pad makes: ink on nothing.
func drawnName(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 300, 80))
	for x := range 280 {
		for d := range 4 {
			img.Set(x+10, 40+d+(x*x/90)%30-15, pixel.NRGBA{20, 30, 80, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func releasePaper() ReleasePaper {
	return ReleasePaper{Identity: identity, Practice: practice, Client: Person{"Łucja Nguyễn", "1980-02-29"},
		What:     []string{"Letters about my progress", "My pain, function and movement scores", "What became of the doctor's order: accepted, visits used, visits left"},
		Receives: []string{"Dr. Ana Muñoz, DC, Northgate Spine & Joint, (206) 555-0191", "The physicians at Pine Street Family Medicine"},
		Purposes: []string{"So that the people who treat me can work together"}, ExpiresOn: "2027-01-02", ExpiryEvent: "My care under this order ends.",
		RevokeTo: "use the portal"}
}

func signedRelease(t *testing.T) ReleasePaper {
	r := releasePaper()
	r.Signature = Signature{Name: "Minh Nguyễn", Image: drawnName(t), At: "Jan 2, 2026, 3:05 PM PST (America/Los_Angeles)"}
	r.Witness = &Signature{Name: "Rosa Lindqvist", At: "Jan 2, 2026, 3:05 PM PST"}
	r.Representative = &Representative{"Minh Nguyễn", "Parent", "Parent of an unemancipated minor; identity card seen"}
	r.Electronic = "I agree to sign and receive this form electronically. I can have it on paper, free of charge, and can withdraw this agreement."
	return r
}

func faxBackPaper() FaxBackPaper {
	return FaxBackPaper{Identity: identity, Practice: practice, Doctor: drMunoz, Client: Person{"Łucja Nguyễn", "1980-02-29"}, On: "2026-01-20",
		Order: progressReport().Order, ClientWords: "My legs and feet ache after standing at work, could you do those too?",
		Note:    "No change of the neck work is meant. I would need 15 minutes more.",
		Changes: []ScopeChange{{"Regions", "Neck; Shoulder, left", "Neck; Shoulder, left; Lower limb, both sides"}, {"Minutes", "30", "45"}},
		FaxTo:   "(206) 555-0143", FormID: "CR-7H2K-9Q", LapsesOn: "2026-02-03"}
}

func coverPaper() CoverPaper {
	return CoverPaper{Identity: identity, Practice: practice, To: drMunoz, From: "Rosa Lindqvist, LMT", On: "2026-02-11", Pages: 4, Note: "Please confirm receipt by phone."}
}

func prescriptionPaper() PrescriptionPaper {
	return PrescriptionPaper{Identity: identity, Status: "active", Version: 1, Practice: practice, Prescriber: drMunoz, NPI: "1234567893", Licence: "CH60012345 (WA)",
		Client: Person{"Łucja Nguyễn", "1980-02-29"}, IssuedOn: "2026-01-05", Diagnoses: []string{"M54.2", "M62.838"}, Regions: []string{"Neck", "Shoulder, left"},
		Minutes: 30, Frequency: "once a week", Visits: "12 visits", ValidFrom: "2026-01-05", ValidUntil: "2026-03-31", Expiry: "not one day past; counted from the day of issue",
		Excluded: []string{"Deep tissue massage"}, Precaution: []string{"No pressure over C1–C2", "Blood pressure medication"}, Goals: []string{"NDI below 15 of 50", "Drive for an hour without pain"},
		Procedures: []string{"97124", "97140"}, Claim: "WC-118-2025", Payer: "Labor & Industries", Reports: "every 6 visits or 30 days, whichever is first",
		SelfPay: "not allowed while this order is active", Reason: "The neck must calm down first; other regions would divert the healing.",
		Words:     "Call if the hand tingles.",
		Signature: Signature{Name: "Ana Muñoz, DC", At: "Signed Jan 5, 2026, 10:41 AM PST"}}
}

// referralPaper encloses all that a release can cover.
func referralPaper() ReferralPaper {
	order := progressReport().Order
	return ReferralPaper{Identity: identity, Practice: practice, To: drMunoz, Client: Person{"Łucja Nguyễn", "1980-02-29"}, Reach: []string{"(206) 555-0177", "lucja@example.org"},
		On: "2026-02-11", Urgent: true, WantedBy: "2026-02-16", Reason: "Numb fingers of the right hand since Monday; a massage session was stopped by the safety check.",
		Order: &order, Measures: progressReport().Measures, Enclosed: []string{"this letter", "how to reach the client", "the present order and its visits", "outcome measures"},
		Release: "Disclosed under the client's authorization signed Jan 2, 2026.", AnswerBy: "2026-02-12", ReplyTo: "Fax (206) 555-0143 or answer in the portal",
		Signature: Signature{Name: "Rosa Lindqvist, LMT", Licence: "WA MA60123456", Role: "Massage therapist", At: "Written Feb 11, 2026, 9:05 AM PST"}}
}

// plainReferral is the letter alone.
func plainReferral() ReferralPaper {
	p := referralPaper()
	p.Reach, p.Urgent, p.WantedBy, p.Order, p.Measures = nil, false, "", nil, nil
	p.Enclosed, p.LeftOut = p.Enclosed[:1], p.Enclosed[1:]
	return p
}

func thanksPaper() ThanksPaper {
	return ThanksPaper{Identity: identity, Practice: practice, To: drMunoz, On: "2026-02-11", First: true, Signature: referralPaper().Signature}
}

func disclosureLog() DisclosureLogPaper {
	d := DisclosureLogPaper{Identity: identity, Practice: practice, Client: Person{"Łucja Nguyễn", "1980-02-29"}, On: "2026-02-20", Full: true, From: "2026-01-01", Until: "2026-02-20"}
	for i := range 30 {
		d.Lines = append(d.Lines, DisclosureLine{At: fmt.Sprintf("Jan %d, 2026, 4:12 PM PST", i+1), Recipient: "Dr. Ana Muñoz, DC", Address: "9 Roosevelt Way, Seattle, WA 98115",
			What: "Progress report, sent by portal", Purpose: "Coordination of care", Verdict: "allowed", Basis: "release of Jan 2, 2026"})
	}
	return d
}
