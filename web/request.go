package web

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// request is one request of somebody: who, where, and the form they sent.
type request struct {
	*portal
	c        *fiber.Ctx
	ctx      context.Context
	by       models.Actor
	realm    realm
	token    string // of every form
	secret   string // of the session
	many     bool   // the user has more than one place
	practice models.Practice
	provider models.Provider
	zone     *time.Location // of somebody outside a practice
	form     form
	attach   bool // the file is saved, and the page stays
}

// param is a part of the path.
func (r *request) param(name string) string { return r.c.Params(name) }

// query is a part of the address after the question mark.
func (r *request) query(name string) string { return r.c.Query(name) }

// location is the zone of all days and hours of a page: the practice's, to
// somebody outside the one that is theirs, and UTC to a stranger.
func (r *request) location() *time.Location {
	switch {
	case r.zone != nil:
		return r.zone
	case r.practice.ID != "":
		return r.practice.Location()
	}
	return time.UTC
}

// today is the day at which the reader is.
func (r *request) today() models.Date { return models.DateOf(r.set.Now(), r.location()) }

// once hands the form's key down to one verb, so that a form sent twice acts
// once.
func (r *request) once(verb string) context.Context {
	key := r.form.get("_key")
	if key == "" || len(key) > 200 {
		return r.ctx
	}
	return models.WithIdempotency(r.ctx, models.Idempotency{Route: "web " + verb + " " + r.c.Path(), Key: key, BodySHA256: r.form.sum()})
}

// version is the one that the page showed; 0 when it names none.
func (r *request) version() int {
	v, err := strconv.Atoi(r.form.get("_version"))
	if err != nil {
		return 0
	}
	return v
}

// seen hands down the version that the page showed.
func (r *request) seen() context.Context { return models.WithIfMatch(r.ctx, r.version()) }

// page begins a page with what every page has.
func (r *request) page(title string) (view.Page, error) {
	p := view.Page{Title: title, Assets: r.assets, CSRF: r.token, Realm: string(r.realm), Many: r.many, Today: r.today(), Now: r.set.Now(), Loc: r.location(), Zoned: r.practice.ID == "", Flash: r.said()}
	var err error
	if p.Key, err = r.fresh(); err != nil {
		return p, err
	}
	if r.by.Kind == models.ActorUser {
		p.Who, p.Roles = r.by.Name, view.RoleWords(r.by.Roles...)
		p.Place = r.practice.Name
		if r.realm == providerRealm {
			p.Place = r.provider.DisplayName()
		}
		p.Tabs, p.Behind = tabs(r), behind(r)
	}
	return p, nil
}

// zoned tells an order's hours to somebody outside the practice in the zone
// that the order was signed in, which is the practice's.
func (r *request) zoned(p view.Page, o models.OrderView) view.Page {
	if !p.Zoned {
		return p
	}
	for _, s := range []*models.Signature{o.Signature, o.Countersigned} {
		if s == nil || s.Zone == "" {
			continue
		}
		if loc, err := time.LoadLocation(s.Zone); err == nil {
			p.Loc, p.Today = loc, models.DateOf(p.Now, loc)
			return p
		}
	}
	return p
}

// show renders into a buffer first, so that a page is sent whole or not at all.
func (r *request) show(status int, title string, content func(view.Page) templ.Component) error {
	p, err := r.page(title)
	if err != nil {
		return err
	}
	return r.send(status, content(p))
}

func (r *request) send(status int, t templ.Component) error {
	var b bytes.Buffer
	if err := t.Render(r.ctx, &b); err != nil {
		return err
	}
	r.c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return r.c.Status(status).Send(b.Bytes())
}

// refusal is a refusal that a correction helps against; the page is shown
// again with it. Any other error goes on.
func refusal(err error) (*fault.Error, bool) {
	e, ok := fault.As(err)
	if !ok {
		return nil, false
	}
	switch e.Kind {
	case fault.Invalid, fault.Conflict, fault.Stale, fault.Forbidden, fault.Malformed, fault.RateLimited:
		return e, true
	}
	return nil, false
}

func statusOf(err error) int { return wire.Status(err) }

// again shows the form once more with what was typed and every reason why it
// was refused.
func (r *request) again(err error, title string, content func(view.Page, view.Form) templ.Component) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.show(statusOf(err), title, func(p view.Page) templ.Component {
		return content(p, view.Form{Values: r.form.values, Refusal: e})
	})
}

// to sends the browser on after a form was accepted; said is shown there once.
func (r *request) to(url, said string) error {
	if said != "" {
		r.setCookie(r.c, saidCookie, said, time.Minute)
	}
	r.c.Set(fiber.HeaderLocation, url)
	return r.c.SendStatus(fiber.StatusSeeOther)
}

// said is what the last form came to; it is shown once.
func (r *request) said() string {
	key := r.cookie(r.c, saidCookie)
	if key == "" {
		return ""
	}
	r.dropCookie(r.c, saidCookie)
	key, unshown := strings.CutSuffix(key, withUnshown)
	if words := sentences[key]; words != "" && unshown {
		return words + " The paper cannot show some of the signs that were written; a replacement sign stands in their place. Look at it before it goes out."
	}
	return sentences[key]
}

const withUnshown = "_unshown"

// onPaper is what a form came to that made a paper; warnings are the signs that
// the paper could not show. They are named nowhere, because a name has them.
func onPaper(said string, warnings []fault.Violation) string {
	if len(warnings) > 0 {
		said += withUnshown
	}
	return said
}

// pdf sends a document. Its name is the kind and the end of the id, so that two
// papers in one folder differ and none names a client.
func (r *request) pdf(kind, id string, b []byte) error {
	name := kind
	if id = strings.ReplaceAll(id, "-", ""); len(id) >= 8 {
		name += "-" + id[len(id)-8:]
	}
	r.c.Set(fiber.HeaderContentType, "application/pdf")
	how := "inline"
	if r.attach {
		how = "attachment"
	}
	r.c.Set(fiber.HeaderContentDisposition, how+`; filename="`+name+`.pdf"`)
	return r.c.Send(b)
}
