package view

import "rapport/models/fault"

// said are the sentences that the server writes for programs, as people on a
// page read them. What is not listed reads the same in both places.
var said = map[string]string{
	"sessions_total.required":  "State how many sessions are allowed, or tick that there is no limit.",
	"frequency.required":       "State how often, for example once a week, or tick that there is no limit.",
	"limit.contradicts":        "Total and frequency are both stated, so the order has a limit; untick that there is none.",
	"region.required":          "An order names at least one region; “Whole body” counts as one.",
	"client.one":               "Choose a client, or write down a new one; one of the two.",
	"channel.required":         "Say how the revocation came: in person, by letter, fax, e-mail or phone.",
	"report_every.invalid":     "A report is due after at most 100 sessions or 366 days; leave one of the two empty.",
	"method_not_allowed":       "This address shows no page by itself. Go back and use the button there.",
	"cursor.invalid":           "This part of the list cannot be found: its address was cut or changed. Begin with the newest.",
	"idempotency.in_progress":  "This form was sent a moment ago and is still being worked on. Wait a little, then load the page again.",
	"idempotency.body_differs": "This form was sent before with other words. Load the page again and fill it in anew.",
	"busy":                     "The server is too busy to finish this now. Send the form again in a moment; it is done once at most.",
	"place.not_yours":          "You hold no role there. Choose one of your places.",
}

// Said is a refusal's sentence in words for people.
func Said(code, text string) string {
	if s, ok := said[code]; ok {
		return s
	}
	return text
}

// message is a violation's sentence in words for people.
func message(v fault.Violation) string { return Said(v.Code, v.Message) }
