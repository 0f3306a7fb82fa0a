package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestEverybodyWhomTheDemoPrintsSignsIn reads the addresses and the password
// from what is printed, like a newcomer, and asks the running server who it is.
func TestEverybodyWhomTheDemoPrintsSignsIn(t *testing.T) {
	dir := copyOfYear(t)
	s, err := serving{settings: settings{DataDir: dir}, Addr: "127.0.0.1:0"}.fill()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := s.start(ctx, newLog(io.Discard), true)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	at := "http://" + srv.ln.Addr().String()
	var printed bytes.Buffer
	signIns(&printed, at)
	password := regexp.MustCompile(`The password is always {2}(\S+)`).FindStringSubmatch(printed.String())[1]
	people := regexp.MustCompile(`(?m)^ {2}(\S+@\S+) +(.+)$`).FindAllStringSubmatch(printed.String(), -1)
	if len(people) != len(demoSignIns) {
		t.Fatalf("%d people in\n%s", len(people), printed.String())
	}
	for _, p := range people {
		token := asked(t, "", http.MethodPost, at+"/api/v1/auth/token", map[string]string{"email": p[1], "password": password})["access_token"]
		me := asked(t, token.(string), http.MethodGet, at+"/api/v1/me", nil)
		name, _, _ := strings.Cut(p[2], ",")
		if roles, _ := me["roles"].([]any); me["email"] != p[1] || me["name"] != name || len(roles) == 0 {
			t.Errorf("%s: %v", p[0], me)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func asked(t *testing.T, token, method, url string, body any) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s: %d %v, %v", url, res.StatusCode, out, err)
	}
	return out
}

func TestAnOperatorIsMadeAndAPracticeSuspendedOnTheCommandLine(t *testing.T) {
	dir := copyOfYear(t)
	do := func(in string, want int, has string, args ...string) {
		t.Helper()
		if status, said := command(t, in, append(args, "--data-dir", dir)...); status != want || !strings.Contains(said, has) {
			t.Errorf("%q: %d %s", args, status, said)
		}
	}
	const words = "four brown bears at noon\n"
	do(words, 0, "omar@rapport.example signs in", "operator", "create", "--email", "Omar@rapport.example", "--name", "Omar Diaz", "--password-stdin")
	do(words, 1, "(user.exists)", "operator", "create", "--email", "omar@rapport.example", "--name", "Omar Diaz", "--password-stdin")
	do(words, 1, "(user.exists)", "practice", "create", "--name", "Second", "--owner-email", "olga@ballard.example", "--password-stdin")
	do(words, 1, "(practice.exists)", "practice", "create", "--name", "ballard massage", "--owner-email", "nobody@example.org", "--password-stdin")
	do("short\n", 1, "at least 15 characters", "practice", "create", "--name", "Second", "--owner-email", "nobody@example.org", "--password-stdin")
	do("", 0, "is suspended", "practice", "suspend", "Ballard Massage")
	do("", 0, "suspended", "practice", "list")
	do("", 1, "There is no such practice. (not_found)", "practice", "resume", "Ballard")
	do("", 0, "is open", "practice", "resume", "ballard massage")
	status, said := command(t, "", "practice", "list", "--data-dir", dir)
	if status != 0 || !strings.Contains(said, "Ballard Massage") || !strings.Contains(said, "events, whole") || strings.Contains(said, "Second") || strings.Contains(said, "Silva") {
		t.Errorf("%d %s", status, said)
	}
}
