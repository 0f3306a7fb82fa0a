package referral_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/seal"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// TestMain is also the second server process: started again with a database in
// its environment, this binary completes sessions and prints their numbers.
func TestMain(m *testing.M) {
	if job := os.Getenv("REFERRAL_TEST_COMPLETES"); job != "" {
		if err := completeElsewhere(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// rush runs n calls at once and sorts their ends: the numbers that were
// taken, how many were refused as exhausted, and everything else.
func rush(n int, call func(i int) (models.Session, error)) (numbers []int, exhausted int, others []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			s, err := call(i)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				numbers = append(numbers, s.VisitNumber)
			case codesOf(err) == "scope_violation order.exhausted":
				exhausted++
			default:
				others = append(others, err)
			}
		})
	}
	close(gate)
	wg.Wait()
	slices.Sort(numbers)
	return numbers, exhausted, others
}

func oneTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

func free(visits int) func(*models.Prescription) {
	return func(p *models.Prescription) {
		p.Content.Scope.SessionsTotal, p.Content.Scope.Frequency, p.Content.Scope.Precautions = visits, nil, nil
	}
}

func TestConcurrentCompletionsNeverPassTheTotal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(10))
		second := referral.New(w.Open(), nil, nil, referral.Config{Now: w.Clock.Now})
		for round := range 20 {
			c.order = c.prescribe(c.client, free(10))
			const n = 64
			numbers, exhausted, others := rush(n, func(i int) (models.Session, error) {
				net := c.net
				if i%2 == 1 {
					net = second
				}
				return net.RecordSession(background, c.Therapist, c.visit())
			})
			if !slices.Equal(numbers, oneTo(10)) || exhausted != n-10 || len(others) > 0 {
				t.Fatalf("round %d: numbers %v, %d exhausted, %v", round, numbers, exhausted, others)
			}
			if s := c.series(); s.Used != 10 || s.LastNumber != 10 {
				t.Fatalf("round %d: %+v", round, s)
			}
		}
	})
}

// job is what another process needs to complete sessions; each line on its
// standard input is one round of them.
type job struct {
	URL    string
	Master []byte
	By     models.Actor
	Times  int
}

// round is what the other process answers.
type round struct {
	Numbers   []int
	Exhausted int
	Others    string
}

type nowhere struct{}

func (nowhere) Insert(context.Context, *sql.Tx, models.Job, time.Time) error { return nil }

func completeElsewhere(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	master, err := seal.ReadMaster(j.Master)
	if err != nil {
		return err
	}
	now := func() time.Time { return storetest.Start }
	db, err := store.Open(store.Config{URL: j.URL, Now: now, NewID: rand.Text, Master: master})
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetQueue(nowhere{})
	net := referral.New(db, nil, nil, referral.Config{Now: now})
	fmt.Println("ready")
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var draft models.SessionDraft
		if err := in.Decode(&draft); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		numbers, exhausted, others := rush(j.Times, func(int) (models.Session, error) { return net.RecordSession(background, j.By, draft) })
		if err := out.Encode(round{numbers, exhausted, fmt.Sprint(others)}); err != nil {
			return err
		}
	}
}

// elsewhere starts the second process on the world's database; it stays up
// until the test ends.
func elsewhere(t *testing.T, w *storetest.World, times int) (ask *json.Encoder, answers *json.Decoder) {
	t.Helper()
	key, err := w.Master().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(job{URL: w.URL(), Master: key, By: w.Therapist, Times: times})
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "REFERRAL_TEST_COMPLETES="+string(text))
	var complaint bytes.Buffer
	child.Stderr = &complaint
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := child.Wait(); err != nil {
			t.Errorf("the second process: %v: %s", err, complaint.String())
		}
	})
	lines := bufio.NewReader(out)
	if ready, err := lines.ReadString('\n'); err != nil || ready != "ready\n" {
		t.Fatalf("the second process: %q, %v", ready, err)
	}
	return json.NewEncoder(in), json.NewDecoder(lines)
}

func TestTwoConcurrentProcessesOnOneDatabaseNeverPassTheTotal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(10))
		const each = 32
		ask, answers := elsewhere(t, w, each)
		for n := range 20 {
			c.order = c.prescribe(c.client, free(10))
			if err := ask.Encode(c.visit()); err != nil {
				t.Fatal(err)
			}
			numbers, exhausted, others := rush(each, func(int) (models.Session, error) { return c.record(c.visit()) })
			var theirs round
			if err := answers.Decode(&theirs); err != nil {
				t.Fatal(err)
			}
			all := append(numbers, theirs.Numbers...)
			slices.Sort(all)
			if !slices.Equal(all, oneTo(10)) || exhausted+theirs.Exhausted != 2*each-10 || len(others) > 0 || theirs.Others != "[]" {
				t.Fatalf("round %d: ours %v (%d exhausted, %v), theirs %+v", n, numbers, exhausted, others, theirs)
			}
			if s := c.series(); s.Used != 10 || s.LastNumber != 10 {
				t.Fatalf("round %d: %+v", n, s)
			}
		}
	})
}

func TestConcurrentVoidsAndCompletionsKeepTheCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(10))
		var first []models.SessionID
		for range 10 {
			first = append(first, c.must(c.visit()).ID)
		}
		var mu sync.Mutex
		voided, taken := 0, []int{}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if i < 5 {
					if _, err := c.net.VoidSession(background, c.Owner, first[i], "written twice"); err != nil {
						t.Errorf("void: %v", err)
					}
					mu.Lock()
					defer mu.Unlock()
					voided++
					return
				}
				s, err := c.record(c.visit())
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					taken = append(taken, s.VisitNumber)
				} else if codesOf(err) != "scope_violation order.exhausted" {
					t.Errorf("completion: %v", err)
				}
			})
		}
		wg.Wait()
		s := c.series()
		if voided != 5 || s.Used != 5+len(taken) || s.Used > 10 || s.LastNumber != 10+len(taken) {
			t.Errorf("%d voided, numbers %v, series %+v", voided, taken, s)
		}
		var rows, distinct int
		if err := count(w, "SELECT COUNT(*), COUNT(DISTINCT visit_number) FROM sessions WHERE visit_number IS NOT NULL", &rows, &distinct); err != nil || rows != distinct || rows != 10+len(taken) {
			t.Errorf("%d visits, %d numbers, %v", rows, distinct, err)
		}
	})
}

func TestOnlyOneOfManyConcurrentVoidsGivesTheVisitBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(4))
		id := c.must(c.visit()).ID
		c.must(c.visit())
		won, _, others := rush(8, func(int) (models.Session, error) { return c.net.VoidSession(background, c.Owner, id, "twice") })
		if len(won) != 1 || len(others) != 7 || c.series().Used != 1 {
			t.Errorf("%d won, %d lost, %+v", len(won), len(others), c.series())
		}
		for _, err := range others {
			if fault.CodeOf(err) != "session.void" {
				t.Errorf("a loser heard %v", err)
			}
		}
	})
}

func TestConcurrentCallsWithOneKeyMakeOneSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(10))
		ctx := models.WithIdempotency(background, models.Idempotency{Route: "POST /api/v1/sessions", Key: "same", BodySHA256: "b"})
		numbers, exhausted, others := rush(16, func(int) (models.Session, error) { return c.net.RecordSession(ctx, c.Therapist, c.visit()) })
		if len(numbers) != 16 || numbers[15] != 1 || exhausted != 0 || len(others) > 0 || c.series().Used != 1 {
			t.Errorf("numbers %v, %d exhausted, %v", numbers, exhausted, others)
		}
	})
}

func TestConcurrentBookingsNeverPassTheTotal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := newClinic(w, free(4))
		c.must(c.visit())
		booked, exhausted, others := rush(16, func(i int) (models.Session, error) {
			_, err := c.net.Book(background, c.Desk, c.place(i))
			return models.Session{}, err
		})
		if len(booked) != 3 || exhausted != 13 || len(others) > 0 {
			t.Errorf("%d booked, %d exhausted, %v", len(booked), exhausted, others)
		}
		f := strconv.Itoa(len(booked))
		l, err := c.net.Bookings(background, c.Desk, referral.BookingFilter{ClientID: c.client.ID}, models.Page{Limit: 50})
		if err != nil || strconv.Itoa(len(l.Items)) != f {
			t.Errorf("the diary holds %d, %v", len(l.Items), err)
		}
	})
}
