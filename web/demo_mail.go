package web

import (
	"regexp"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// Mail is one that went out, as the demo shows it.
type Mail struct {
	To, Subject, Text string
	At                time.Time
	Client            string      // whose birth date its links ask for; empty where none does
	Born              models.Date // that birth date, which no mail says
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// demoMail lists what was mailed, newest first, so that a newcomer can follow
// the links. It exists in the demo only.
func (r *request) demoMail() error {
	if r.set.Mails == nil {
		return fault.Missing("page")
	}
	mails, err := r.set.Mails()
	if err != nil {
		return err
	}
	var list []view.Mail
	for _, m := range mails {
		v := view.Mail{To: m.To, Subject: m.Subject, At: m.At, Text: m.Text, Client: m.Client, Born: m.Born}
		for _, a := range address.FindAllString(m.Text, -1) {
			if path, ours := strings.CutPrefix(a, strings.TrimSuffix(r.set.PublicURL, "/")); ours && path != "" {
				v.Links = append(v.Links, path)
			}
		}
		list = append(list, v)
	}
	return r.show(fiber.StatusOK, "Mails of the demo", func(p view.Page) templ.Component { return view.DemoMail(p, list) })
}
