package web

import (
	"strings"

	"rapport/models"
	"rapport/web/view"
)

// tabs are the ways to go for a role; what a role may not do is not offered.
func tabs(r *request) []view.Tab {
	var all []view.Tab
	add := func(name, url, icon string, more ...string) {
		t := view.Tab{Name: name, URL: url, Icon: icon}
		for _, prefix := range append(more, url) {
			t.Here = t.Here || r.c.Path() == prefix || strings.HasPrefix(r.c.Path(), prefix+"/")
		}
		all = append(all, t)
	}
	if r.realm == providerRealm {
		add("Today", "/provider", "today")
		add("New order", "/provider/orders/new", "new")
		add("Patients", "/provider/clients", "clients")
		add("Referrals", "/provider/referrals", "referrals")
		add("My record", "/provider/record", "person")
		all[0].Here = all[0].Here && !all[1].Here && !all[2].Here && !all[3].Here && !all[4].Here
		return all
	}
	if r.runsServer() {
		add("The server", "/server", "lock")
		return all
	}
	add("Today", "/today", "today", "/worklists")
	add("Clients", "/clients", "clients", "/releases", "/sessions")
	add("Orders", "/orders", "orders", "/changes")
	add("Doctors", "/relationships", "person", "/providers", "/contacts", "/promises", "/requests", "/outreach", "/network")
	add("Referrals", "/referrals", "referrals")
	if r.by.May(models.ReadReports) == nil {
		add("Reports", "/reports", "reports")
		add("Messages", "/messages", "messages")
	}
	add("Practice", "/practice", "practice", "/figures")
	all[len(all)-1].Desk = true
	return all
}

// behind says which way of the panel behind the person's name leads to the page.
func behind(r *request) string {
	for _, way := range []string{"/account", "/places", "/practice", "/figures"} {
		if r.c.Path() == way || strings.HasPrefix(r.c.Path(), way+"/") {
			return strings.Replace(way, "/figures", "/practice", 1)
		}
	}
	return ""
}

// sentences are what the last form came to, in words.
var sentences = map[string]string{
	"signed_out":          "You are signed out.",
	"licence_changed":     "Your licence is saved, for every practice where you work.",
	"password_changed":    "The password is changed. Your other sessions have ended.",
	"otp_removed":         "The second factor is off. Your password alone signs you in.",
	"passkey_added":       "The passkey is set up. Next time, sign in with it.",
	"passkey_removed":     "The passkey is removed here. Remove it on the device as well.",
	"session_ended":       "That session has ended.",
	"client_added":        "The client was added. Next: which doctors may be told?",
	"release_drafted":     "The release is ready. Show it to the client, or send a link.",
	"release_signed":      "Signed. The doctors named may now be told.",
	"release_revoked":     "Revoked. From this moment nothing more is told under it.",
	"link_sent":           "The link is on its way.",
	"team_saved":          "The care team is saved.",
	"order_accepted":      "Accepted. The scope is locked now.",
	"order_declined":      "Declined. The prescriber reads your reason.",
	"order_suspended":     "The order is suspended. No session can be recorded under it.",
	"order_resumed":       "The order is active again.",
	"order_revoked":       "The order is revoked.",
	"order_in_error":      "The order is marked as entered in error. What was done under it stays on record.",
	"order_sent":          "Signed and sent. The practice answers here.",
	"order_saved":         "Saved as a draft. It counts once the provider has signed it.",
	"order_copied":        "The order is in. Check it once more and accept it.",
	"order_countersigned": "Countersigned. Thank you.",
	"order_renewal_asked": "The next order is prepared and waits for the prescriber’s signature.",
	"order_verbal":        "Noted. It counts from now and waits for the prescriber’s countersignature.",
	"change_sent":         "Sent. The plan stands until the prescriber answers.",
	"change_explained":    "Kept. The plan stands, and nothing was sent.",
	"change_withdrawn":    "Withdrawn. The order stays as it is.",
	"change_answered":     "The answer is recorded.",
	"session_saved":       "Saved. The note waits for your signature.",
	"session_signed":      "Signed. The note is on record now.",
	"session_voided":      "Voided. The visit was given back.",
	"addendum_added":      "The addendum is on record.",
	"booked":              "Booked.",
	"booking_cancelled":   "Cancelled. The place is free again.",
	"booking_missed":      "Noted as not come.",
	"report_drafted":      "Prepared. What it still lacks is listed here.",
	"report_needs_order":  "A report is about an order. This client has none that was in force; copy it first, or decline the request.",
	"report_saved":        "Saved.",
	"report_signed":       "Signed. Its bytes are frozen; now send it.",
	"report_revised":      "A revision is begun. The old report stays on record.",
	"report_delivered":    "On its way. The release was asked, and is asked again when it leaves.",
	"report_acknowledged": "Thank you. The therapist sees that you have read it.",
	"proof_recorded":      "The proof is on record.",
	"delivery_closed":     "The delivery is stopped and its link closed.",
	"practice_saved":      "The settings are saved.",
	"profile_saved":       "Saved. Your packet says it from now on.",
	"staff_saved":         "Saved.",
	"staff_left":          "Noted. They are offered no more; what you spoke about stays on the log.",
	"introducing":         "It is your next step with them. Nothing was told yet.",
	"packet_mailed":       "On its way. It counts as sent when the mail server has taken it.",
	"packet_printed":      "Logged as sent. Print it now.",
	"invited":             "The invitation is on its way.",
	"colleague_saved":     "Saved.",
	"provider_saved":      "Saved.",
	"record_verified":     "Thank you. Practices see that it was checked today.",
	"office_saved":        "The office is saved.",
	"office_left":         "The office is off the record.",
	"address_confirmed":   "Saved. Mail for this provider goes to that address.",
	"contact_logged":      "Logged.",
	"relationship_saved":  "Saved.",
	"promise_made":        "Written down.",
	"promise_kept":        "Kept. Well done.",
	"document_asked":      "Asked. The answer comes here.",
	"document_declined":   "Declined. The doctor reads your reason.",
	"document_withdrawn":  "Taken back.",
	"promise_released":    "Released, with the reason.",
	"provider_added":      "Added to the directory. Invite them to sign in?",
	"message_resolved":    "The message is settled.",
	"referral_saved":      "Saved as a draft. Send it when it is right.",
	"referral_moved":      "Noted. The other side sees it where it concerns them.",
	"practice_made":       "Made. Its owner gets a mail with a link.",
	"owner_asked":         "On its way. Links that were sent before do not open any more.",
	"practice_suspended":  "Suspended. Nobody acts there and nothing is sent until you resume it.",
	"practice_resumed":    "Open again. What waited is on its way.",
	"client_changed":      "The client's details were changed.",
}
