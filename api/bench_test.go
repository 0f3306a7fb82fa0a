package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// busy is a practice with clients under orders of forty visits, its server on
// a real listener, and a therapist who is signed in. Two of them on different
// databases are equal to the byte, apart from keys.
type busy struct {
	*storetest.World
	server  *apitest.Server
	clients []models.Client
	orders  []models.Prescription
	bearer  string
	at      string
}

func newBusy(b testing.TB, engine string, clients int, change ...func(*store.Config)) *busy {
	b.Helper()
	p := &busy{World: storetest.NewWorld(b, engine)}
	p.DB = p.Open(change...)
	p.server = apitest.New(b, p.World)
	p.bearer = p.server.SignedIn(p.Therapist)
	for i := range clients {
		p.clients = append(p.clients, p.Client("Ana", fmt.Sprintf("Silva %d", i)))
	}
	p.Write(func(tx *store.Tx) error {
		for _, c := range p.clients {
			if err := p.prescribe(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
	p.at = strings.TrimPrefix(p.server.Listen(), "http://")
	return p
}

// unwatched is a database as the program opens it, without the tests' eye on
// each statement.
func unwatched(c *store.Config) { c.Watch = nil }

func (p *busy) prescribe(tx *store.Tx, c models.Client) error {
	o := models.Prescription{ID: models.PrescriptionID(p.NewID()), PracticeID: p.Practice.ID, SeriesID: models.SeriesID(p.NewID()), Version: 1, ClientID: c.ID,
		PrescriberID: p.Provider.ID, Status: models.OrderActive, Source: models.FromPortal, CreatedBy: p.Doctor.UserID, CreatedAt: p.Clock.Now(), IssuedOn: "2026-03-02",
		ReceivedOn: "2026-03-02", Content: models.OrderContent{ValidFrom: "2026-03-02", ValidUntil: "2026-05-01", Clock: models.ClockIssued, Expiry: models.Strict,
			Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}, {Region: "shoulder", Side: models.SideLeft}},
				MinutesPerSession: 30, SessionsTotal: 40, Techniques: &models.TechniqueRule{Except: []models.Technique{"cupping"}}, Precautions: []models.Precaution{"no_heat"}}}}
	o.ContentSHA256 = o.Content.SHA256()
	p.orders = append(p.orders, o)
	if err := tx.AddSeries(models.Series{ID: o.SeriesID, ClientID: c.ID, CurrentID: o.ID, Allowed: 40}); err != nil {
		return err
	}
	return tx.AddPrescription(o)
}

// visit is the request that records a session of the i-th client, as it
// travels; the key makes it one of its own.
func (p *busy) visit(b testing.TB, i int, key string) []byte {
	b.Helper()
	pain := func(taken string, v int) map[string]any {
		return map[string]any{"instrument": "nprs", "taken": taken, "value": v}
	}
	body, err := json.Marshal(map[string]any{"client_id": p.clients[i].ID, "prescription_id": p.orders[i].ID,
		"started_at": p.Clock.Now().Add(-time.Hour), "minutes": 30, "regions": []any{map[string]any{"region": "neck", "side": "both"}},
		"techniques": []string{"swedish"}, "precautions_acknowledged": []string{"no_heat"}, "screening": map[string]any{"reviewed": true},
		"soap": map[string]any{"subjective": "Stiff after a long drive; sleeps badly on the left side.", "objective": "Upper trapezius taut on both sides, rotation to the left short by a third.",
			"assessment": "Responds to slow strokes; pain eased within the session.", "plan": "Again next week, same work, add the levator scapulae."},
		"measures": []any{pain("before", 6), pain("after", 3)}})
	if err != nil {
		b.Fatal(err)
	}
	return p.request("POST", "/api/v1/sessions", body, "Idempotency-Key: "+key)
}

func (p *busy) request(method, path string, body []byte, headers ...string) []byte {
	var r bytes.Buffer
	fmt.Fprintf(&r, "%s %s HTTP/1.1\r\nHost: rapport.example\r\nAuthorization: Bearer %s\r\nRapport-Practice: %s\r\n", method, path, p.bearer, p.Practice.ID)
	for _, h := range headers {
		r.WriteString(h + "\r\n")
	}
	if body != nil {
		fmt.Fprintf(&r, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	r.WriteString("\r\n")
	r.Write(body)
	return r.Bytes()
}

// line is one kept-alive connection to the server, with as little of a client
// as possible: its work is counted as the server's.
type line struct {
	net.Conn
	in  *bufio.Reader
	res fasthttp.Response
}

func (p *busy) dial(b testing.TB) *line {
	b.Helper()
	c, err := net.Dial("tcp", p.at)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return &line{Conn: c, in: bufio.NewReaderSize(c, 64<<10)}
}

// send makes a request and wants this status.
func (l *line) send(request []byte, want int) ([]byte, error) {
	if _, err := l.Write(request); err != nil {
		return nil, err
	}
	if err := l.res.Read(l.in); err != nil {
		return nil, err
	}
	if l.res.StatusCode() != want {
		return nil, fmt.Errorf("got %d, want %d: %s", l.res.StatusCode(), want, l.res.Body())
	}
	return l.res.Body(), nil
}

// all sends requests one after the other.
func (l *line) all(b testing.TB, requests [][]byte, want int) {
	b.Helper()
	for _, r := range requests {
		if _, err := l.send(r, want); err != nil {
			b.Fatal(err)
		}
	}
}

// spends is the CPU time and the time of f, from a tidy heap on.
func spends(w *storetest.World, f func()) (cpu, wall time.Duration) {
	w.T.Helper()
	runtime.GC()
	before, start := w.CPU(), time.Now()
	f()
	wall = time.Since(start)
	return w.CPU() - before, wall
}
