package documents

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// papers are all kinds of paper, drawn from one world.
func papers(t *testing.T) map[string]func() ([]byte, error) {
	initial := progressReport()
	initial.Kind, initial.Opening, initial.Notes = "initial", "Thank you for sending Łucja Nguyễn, whom I first saw on Jan 6, 2026.", nil
	initial.LeftOut = []string{"session notes", "measures"}
	initial.Measures = nil
	once := progressReport() // after the first visit: one reading of each measure but one
	once.Kind, once.Notes = "initial", nil
	for i, m := range once.Measures[:2] {
		m.Last, m.Now, m.Change, m.BeyondMDC, m.BeyondMCID, m.Course = nil, nil, nil, nil, nil, m.Course[:1]
		once.Measures[i] = m
	}
	discharge := progressReport()
	discharge.Kind, discharge.Revision, discharge.Replaces = "discharge", 2, "0197a3c2-0000-7c1e-9d0a-3f2b8c4e5d6f"
	discharge.Reason, discharge.HomePlan, discharge.OpenMatters = "The program's goals are met.", "Stretch twice a day.", "Tingling in the right hand."
	discharge.Advice, discharge.Recommendation, discharge.NextReportOn = "Discharge", "Massage can end here.", ""
	discharge.Goals, discharge.Notes = []string{"NDI below 15: reached (12)"}, discharge.Notes[:1]
	statutory := disclosureLog()
	statutory.Full, statutory.Lines = false, nil
	return map[string]func() ([]byte, error){
		"report_progress":       func() ([]byte, error) { return Report(progressReport()) },
		"report_initial":        func() ([]byte, error) { return Report(initial) },
		"report_once":           func() ([]byte, error) { return Report(once) },
		"report_discharge":      func() ([]byte, error) { return Report(discharge) },
		"release_blank":         func() ([]byte, error) { return ReleaseForm(releasePaper()) },
		"release_signed":        func() ([]byte, error) { return ReleaseForm(signedRelease(t)) },
		"fax_back":              func() ([]byte, error) { return FaxBack(faxBackPaper()) },
		"fax_cover":             func() ([]byte, error) { return FaxCover(coverPaper()) },
		"referral_packet":       func() ([]byte, error) { return ReferralPacket(referralPaper()) },
		"referral_packet_plain": func() ([]byte, error) { return ReferralPacket(plainReferral()) },
		"thank_you":             func() ([]byte, error) { return Thanks(thanksPaper()) },
		"prescription":          func() ([]byte, error) { return Prescription(prescriptionPaper()) },
		"disclosures_full":      func() ([]byte, error) { return DisclosureLog(disclosureLog()) },
		"disclosures_statutory": func() ([]byte, error) { return DisclosureLog(statutory) },
		"intro_packet":          func() ([]byte, error) { return IntroPacket(introPaper()) },
		"partner_cards":         func() ([]byte, error) { return PartnerCards(cardsPaper(3)) },
	}
}

// wording is the text of a document line by line, without its spacing.
func wording(t *testing.T, doc []byte) string {
	t.Helper()
	var b strings.Builder
	for i, p := range pages(t, doc) {
		if i > 0 {
			b.WriteString("--- page\n")
		}
		for l := range strings.Lines(p) {
			if words := strings.Fields(l); len(words) > 0 {
				b.WriteString(strings.Join(words, " ") + "\n")
			}
		}
	}
	return b.String()
}

func TestPapersReadAsTheirGoldenTexts(t *testing.T) {
	for name, draw := range papers(t) {
		t.Run(name, func(t *testing.T) {
			doc, err := draw()
			got := wording(t, made(t, doc, err))
			file := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("text differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPapersAreSoundAndTheSameEachTime(t *testing.T) {
	for name, draw := range papers(t) {
		t.Run(name, func(t *testing.T) {
			doc, err := draw()
			first := made(t, doc, err)
			again, err := draw()
			if !bytes.Equal(first, made(t, again, err)) {
				t.Error("two renderings differ")
			}
			tool(t, first, "qpdf", "qpdf", "--check", "FILE")
		})
	}
}

func TestEveryPageOfAReportNamesClientDocumentAndHash(t *testing.T) {
	r := progressReport()
	doc, err := Report(r)
	ps := pages(t, made(t, doc, err))
	if len(ps) != 3 {
		t.Fatalf("got %d pages, want the letter and two pages of notes", len(ps))
	}
	for i, p := range ps {
		for _, want := range []string{"Łucja Nguyễn · born Feb 29, 1980", r.DocumentID, r.ContentHash, "Confidential", "of 3", r.Release} {
			if !strings.Contains(p, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
}

func TestTheLetterOfAProgressReportFitsOnPageOne(t *testing.T) {
	r := progressReport()
	r.LeftOut = []string{"session notes"}
	r.Notes = nil
	doc, err := Report(r)
	ps := pages(t, made(t, doc, err))
	if len(ps) != 1 {
		t.Fatalf("got %d pages, want 1", len(ps))
	}
	for _, want := range []string{"6 of 12", "31 → 12", "−19 better", "yes (≥ 10.2)", "not assessed", "Continue as ordered", "Your reply",
		"This report is partial", "MA60123456", "1 cancelled, 0 missed"} {
		if !strings.Contains(ps[0], want) {
			t.Errorf("the letter lacks %q", want)
		}
	}
}

func TestAReleaseFormHasEveryElementAndStatement(t *testing.T) {
	doc, err := ReleaseForm(signedRelease(t))
	text := strings.Join(strings.Fields(strings.Join(pages(t, made(t, doc, err)), " ")), " ")
	for rule, want := range map[string]string{
		"what": "Letters about my progress", "who_discloses": "Who may share it Lindqvist Massage Therapy", "who_receives": "Northgate Spine & Joint",
		"purpose": "people who treat me can work together", "expiry": "On Jan 2, 2027, or earlier when this happens: My care under this order ends.",
		"signature_date": "Minh Nguyễn, Client or representative · Jan 2, 2026, 3:05 PM PST", "authority": "Parent of an unemancipated minor",
		"stmt_revoke": "take this permission back at any time, in writing", "exceptions": "cannot take back what we shared before that",
		"stmt_condition": "You do not have to sign.", "stmt_redisclose": "may pass it on", "copy": "You may keep a copy of this form.",
		"witness": "Rosa Lindqvist, Witness", "electronic": "I agree to sign and receive this form electronically.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s: the form lacks %q", rule, want)
		}
	}
}

func TestAFaxCoverNamesNoClient(t *testing.T) {
	doc, err := FaxCover(coverPaper())
	text := strings.Join(pages(t, made(t, doc, err)), "")
	for _, secret := range []string{"Łucja", "Nguyễn", "1980", "NDI", "neck"} {
		if strings.Contains(text, secret) {
			t.Errorf("the cover says %q", secret)
		}
	}
}

func TestASignatureThatIsNoPictureIsRefused(t *testing.T) {
	for name, img := range map[string][]byte{
		"text": []byte("no picture"), "cut PNG": drawnName(t)[:60], "huge PNG": hugePNG(),
	} {
		r := progressReport()
		r.Signature.Image = img
		if doc, err := Report(r); err == nil || doc != nil {
			t.Errorf("%s: got %d bytes and error %v, want an error alone", name, len(doc), err)
		}
	}
}

// hugePNG claims 60,000 by 60,000 pixels in a few bytes.
func hugePNG() []byte {
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x00\x00\x00\x00\xd5\x24\x8d\xaa")
}

func TestAReportOfEmptyOrEndlessFieldsIsStillDrawn(t *testing.T) {
	doc, err := Report(ReportPaper{})
	made(t, doc, err)
	r := progressReport()
	long := strings.Repeat("The neck turns further. ", 450)
	r.Subjective, r.Recommendation, r.Practice.Name, r.Client.Name = long, long, strings.Repeat("Name ", 40), strings.Repeat("W", 200)
	r.Advice, r.Recipient.Office, r.Measures[0].Reason = strings.Repeat("advice ", 9), long[:300], long[:500]
	r.Notes[0].Objective = long
	doc, err = Report(r)
	if n := strings.Count(strings.Join(strings.Fields(strings.Join(pages(t, made(t, doc, err)), " ")), " "), "turns"); n < 1300 {
		t.Errorf("%d of about 1350 sentences are in the document", n)
	}
}
