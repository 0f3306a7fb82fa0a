package web_test

import (
	"net/http"
	"strings"
	"testing"

	"rapport/models/store/storetest"
)

func TestClientsAreAddedFoundAndChanged(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	b := s.as("jose@ballard.example")
	b.get("/clients").ok(http.StatusOK).lookOver().has("No clients yet")
	b.submit("/clients/new", "/clients/new", "name/given", "Ana", "birth_date", "2990-01-01", "email", "nonsense").ok(http.StatusUnprocessableEntity).
		lookOver().has("The birth date is a past day", "This is not an e-mail address.")
	added := b.submit("/clients/new", "/clients/new", "name/given", "Ana", "name/family", "<script>alert(1)</script>", "birth_date", "1984-05-17")
	page := b.follow(added).ok(http.StatusOK).lookOver().has("Ana <script>alert(1)</script>", "The client was added")
	if strings.Contains(page.body, "<script>alert") {
		t.Error("a name was not escaped")
	}
	path := added.header.Get("Location")
	if b.get(path).ok(http.StatusOK); strings.Contains(b.get(path).words(), "The client was added") {
		t.Error("the sentence was shown twice")
	}
	b.submit("/clients", "/clients", "q", "nobody").ok(http.StatusOK).lookOver().has("Nobody by that name")
	b.submit("/clients", "/clients", "q", "ana").ok(http.StatusOK).has("born May 17, 1984")
	old := b.get(path + "/edit").lookOver().form(path + "/edit").Get("_version")
	b.follow(b.submit(path+"/edit", path+"/edit", "name/family", "علي")).ok(http.StatusOK).has("Ana علي")
	b.submit(path+"/edit", path+"/edit", "_version", old, "name/family", "Late").ok(http.StatusPreconditionFailed).lookOver()
}

func TestAFormSentTwiceActsOnce(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	b := newSite(t, w, publicURL).as("jose@ballard.example")
	f := b.get("/clients/new").form("/clients/new")
	send := func() string {
		return b.post("/clients/new", "_csrf", f.Get("_csrf"), "_key", f.Get("_key"), "name/given", "Ana", "name/family", "Silva", "birth_date", "1984-05-17").
			ok(http.StatusSeeOther).header.Get("Location")
	}
	if first, second := send(), send(); first != second {
		t.Errorf("two clients: %s and %s", first, second)
	}
}

func TestAnotherPracticesClientIsNotThere(t *testing.T) {
	w := storetest.NewWorld(t, "sqlite")
	s := newSite(t, w, publicURL)
	c := w.Client("Ana", "Silva")
	stranger := s.as("tom@fremont.example")
	foreign := stranger.get("/clients/"+string(c.ID)).ok(http.StatusNotFound).lookOver().has("There is nothing here", "Tom Berg")
	missing := stranger.get("/clients/0196e000-0000-7000-8000-00000000ffff").ok(http.StatusNotFound)
	if foreign.words() != missing.words() {
		t.Error("a foreign client answers differently from a missing one")
	}
	foreign.hasNot("Ana", "Silva")
}

func TestUnknownPagesAndFilesAreProblemsInWords(t *testing.T) {
	s := newSite(t, storetest.NewWorld(t, "sqlite"), publicURL)
	b := s.browser()
	b.get("/nothing/here").ok(http.StatusNotFound).lookOver().has("There is nothing here")
	b.get("/static/nothing.css").ok(http.StatusNotFound)
}

func TestAssetsMayBeKeptForEver(t *testing.T) {
	s := newSite(t, storetest.NewWorld(t, "sqlite"), publicURL)
	page := s.browser().get("/sign-in")
	total := 0
	for _, part := range strings.Split(page.body, `"`) {
		if !strings.HasPrefix(part, "/static/") {
			continue
		}
		a := s.browser().get(part).ok(http.StatusOK)
		if got := a.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %q", part, got)
		}
		total += len(a.body)
	}
	if total == 0 || total > 200<<10 {
		t.Errorf("the first page loads %d KiB", total>>10)
	}
}
