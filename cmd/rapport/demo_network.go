package main

import "rapport/models"

// demoTies are what the practice thinks of its partners, in the order of
// demoProviders.
var demoTies = []struct {
	tier      models.Tier
	every     int // days wanted between contacts
	accepting models.Accepting
	notes     string
}{
	{models.TierSelect, 30, models.AcceptingYes, "Likes one line on the phone before a long report."},
	{models.TierPartner, 60, models.AcceptingYes, "Mornings are best; the nurse decides what reaches him."},
	{models.TierProspect, 90, models.AcceptingYes, "Works Tuesdays and Fridays only."},
	{models.TierSelect, 30, models.AcceptingYes, "Refers generously; we owe her people in return."},
	{models.TierPartner, 60, models.AcceptingYes, "Wants measures, no prose."},
	{models.TierSelect, 30, models.AcceptingYes, "Shares our waiting room brochures."},
	{models.TierPartner, 45, models.AcceptingYes, "Answers within the hour in the portal."},
	{models.TierPartner, 90, models.AcceptingYes, "Sends runners; asks about load, not pain."},
	{models.TierNone, 0, models.AcceptingNo, "Full until the second surgeon starts."},
	{models.TierPartner, 45, models.AcceptingYes, "Went quiet when the office moved; ask for the new extension."},
	{models.TierProspect, 30, models.AcceptingYes, "New in Phinney Ridge, looks for somebody for necks."},
	{models.TierProspect, 0, models.AcceptingUnknown, ""},
}

// demoStaff answer the phones.
var demoStaff = []struct {
	office           int
	name, role, best string
}{
	{0, "Robin Castillo", "front desk", "after 2 pm"},
	{0, "Thu Trang Lê", "office manager", "Mondays"},
	{1, "Marguerite Boateng", "nurse", "8 to 9 am"},
	{1, "Kalani Akana", "referrals desk", "any time"},
	{2, "Agnieszka Nowak", "front desk", "before noon"},
	{3, "Dorothea Papadakis", "referrals desk", "Thursdays"},
	{4, "Min-jun Seo", "front desk", "any time"},
	{5, "Håkon Lie", "surgery scheduler", "after 3 pm"},
	{6, "Zahra Karimi", "office manager", "lunch time"},
}

// demoCalls are the calls of a quiet year, so many days ago.
var demoCalls = []struct {
	provider, staff int
	ago             []int
}{
	{0, 0, []int{352, 318, 290, 259, 228, 201, 168, 140, 111, 79, 52, 21}},
	{1, 2, []int{340, 285, 222, 160, 96}},
	{2, 1, []int{330, 240, 135}},
	{3, 4, []int{345, 300, 262, 219, 178, 139, 97, 61, 34}},
	{4, 5, []int{335, 270, 205, 148, 88, 45}},
	{5, 6, []int{350, 312, 280, 251, 216, 189, 157, 122, 93, 64, 36, 8}},
	{6, 3, []int{342, 296, 249, 203, 155, 108, 66, 25}},
	{7, 5, []int{325, 230, 142, 60}},
	{8, 7, []int{310, 185}},
	{9, 4, []int{338, 293, 246, 198}},
}

var demoSmallTalk = []string{
	"Asked how the last reports arrived; all well.",
	"Told them that we have two free hours a week.",
	"They like the one-page report; want the range of motion on top.",
	"Checked fax number and hours, nothing changed.",
	"Thanked them for the people they sent this month.",
	"Holiday cover at the desk; will pass the word on.",
	"Asked what their patients say after massage: sleep is better.",
}

// demoContact is one line of the contact log that is more than a quiet call.
type demoContact struct {
	provider, ago int
	channel       models.ContactChannel
	direction     string
	outcome       models.ContactOutcome
	staff         int // in demoStaff, or -1
	note, next    string
	in            int    // days until the next step or the call-back
	callAt        string // HH:MM of the call-back
	answers       models.Checklist
}

var demoContacts = []demoContact{
	{provider: 10, ago: 40, channel: models.ContactCall, outcome: models.ReachedStaff, staff: 8, note: "First call. Friendly; the doctor reads what comes by e-mail.", next: "Send the intro packet", in: 2,
		answers: models.Checklist{Script: string(models.ScriptNoShared), Introduced: &demoYes, MassageReferralsPerMonth: &demoRate, ReferralList: models.ListExists, PacketWanted: models.ByEmail}},
	{provider: 10, ago: 12, channel: models.ContactVisit, outcome: models.ReachedProvider, staff: -1, note: "Ten minutes between patients: shoulders after swimming, necks from the desk.", next: "Ask how the first patients do", in: 21},
	{provider: 11, ago: 9, channel: models.ContactCall, outcome: models.Voicemail, staff: -1, note: "Left our name and the number."},
	{provider: 1, ago: 30, channel: models.ContactCall, outcome: models.Voicemail, staff: -1, note: "Asked for a call about the quiet months."},
	{provider: 9, ago: 75, channel: models.ContactCall, outcome: models.NoAnswer, staff: -1, note: "Number rings through; they moved."},
	{provider: 9, ago: 30, channel: models.ContactLetter, outcome: models.ContactSent, staff: -1, note: "Wrote to the new address."},
	{provider: 6, ago: 150, channel: models.ContactFax, direction: "in", outcome: models.Received, staff: 3, note: "Laboratory sheet came by fax."},
	{provider: 3, ago: 200, channel: models.ContactFax, direction: "in", outcome: models.Received, staff: 4, note: "Letter about precautions came by fax."},
	{provider: 4, ago: 3, channel: models.ContactCall, outcome: models.ReachedStaff, staff: 5, note: "Doctor is in surgery; wants to talk about the plan himself.", in: 3, callAt: "09:30"},
	{provider: 7, ago: 2, channel: models.ContactCall, outcome: models.ReachedStaff, staff: 5, note: "Asks us to ring when the runners' clinic is over.", in: 4, callAt: "15:30"},
	{provider: 5, ago: 5, channel: models.ContactMeeting, outcome: models.ReachedProvider, staff: -1, note: "Lunch with both offices: agreed on one page, within two days.", next: "Send the agreed outline", in: 9},
}

var (
	demoYes  = true
	demoRate = 4.0
)

// demoPromise is what somebody owed somebody; days ago, a due day to come is
// negative.
type demoPromise struct {
	provider, client int // client -1: about nobody
	by               models.OwedBy
	kind             models.PromiseKind
	what             string
	made, due, kept  int // kept -1: not by somebody's word
	released         string
}

var demoPromises = []demoPromise{
	{0, -1, models.OwedByUs, models.PromiseCall, "Call about the shared waiting list", 295, 285, -1, ""}, // kept by the next call
	{0, 1, models.OwedByThem, models.PromiseOther, "Imaging report of the neck", 240, 226, 230, ""},
	{0, -1, models.OwedByThem, models.PromiseOther, "Letter about the new scheduling line", 60, 40, 44, ""},
	{0, -1, models.OwedByUs, models.PromiseOther, "Two places a week for their new patients", 25, -20, -1, ""},
	{1, -1, models.OwedByThem, models.PromiseCall, "Doctor calls back about the quiet months", 96, 80, -1, ""},
	{1, 4, models.OwedByThem, models.PromiseOther, "Note on the blood pressure medicine", 170, 150, 120, ""},        // kept, too late
	{3, -1, models.OwedByThem, models.PromiseLetter, "Letter about precautions after the fusion", 215, 195, -1, ""}, // kept by the fax
	{3, -1, models.OwedByUs, models.PromisePacket, "Packet for the colleague who joins", 34, 20, -1, ""},            // broken
	{4, 6, models.OwedByUs, models.PromiseOther, "Range of motion of the left knee", 150, 140, 141, ""},
	{4, -1, models.OwedByThem, models.PromiseDocument, "Order form that their insurer wants", 45, 31, -1, ""}, // broken
	{5, -1, models.OwedByUs, models.PromiseOther, "Outline of the one-page report", 5, -9, -1, ""},
	{5, 8, models.OwedByThem, models.PromiseOther, "X-ray of the cervical spine", 200, 186, 190, ""},
	{6, -1, models.OwedByThem, models.PromiseDocument, "Laboratory sheet", 160, 148, -1, ""}, // kept by the fax
	{6, -1, models.OwedByThem, models.PromiseOther, "Names of the two new doctors", 25, -5, -1, ""},
	{7, -1, models.OwedByUs, models.PromiseOther, "Talk at the runners' clinic", 142, 100, 101, ""},
	{8, -1, models.OwedByThem, models.PromiseDocument, "Protocol after shoulder surgery", 185, 160, -1, "They publish it on their site now."},
	{9, -1, models.OwedByThem, models.PromiseCall, "Manager calls with the new extension", 198, 184, -1, ""}, // broken
	{10, -1, models.OwedByUs, models.PromiseOther, "Photos of the treatment rooms for their board", 12, -3, -1, ""},
}

// demoWish is a document that a provider asked for in the portal.
type demoWish struct {
	provider, client int
	kind, note       string
	ago, within      int // asked so many days ago, wanted within so many
	declined         string
	withdrawn        bool
}

var demoWishes = []demoWish{
	{0, 20, "discharge_report", "For the file before the yearly visit, please.", 50, 30, "", false}, // answered by the report
	{0, 23, "progress_report", "", 2, 7, "", false},
	{5, 25, "progress_report", "She asks me how it goes.", 9, 5, "", false}, // late
	{6, 24, "session_notes", "The whole record, please.", 20, 14, "He asked us to send a report, not the notes.", false},
	{5, 21, "order_status", "", 34, 10, "", true},
}

// demoVerified is when somebody last checked a record, so many days ago; the
// rest wait for it.
var demoVerified = []struct{ provider, ago int }{{0, 52}, {1, 160}, {3, 97}, {4, 88}, {5, 36}, {6, 66}, {7, 142}, {10, 12}}
