package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// crowd makes names and places as they are spread among people: a few that
// many share, and a long tail.
type crowd struct {
	*rand.Rand
	families, givens, zips []string
	family, given, zip     []float64 // shares, added up
}

var firstSyllables = strings.Fields("an bar bel bor car chan da del do el fer gar go gra ha han her ho jen jo ka kim la le lo ma mar mc men mi mo mor na ne ng ni o ol pa per po ra ri ro ru sa san sch se sha sil so ste su ta tor tran va vas ver wa wil wu ya yo za zim")
var nextSyllables = strings.Fields("ba ber bi cas cha da de der di do els er es ez gal ger go guy han i ja ka ke la lan le ler lez li lin ma man mer mi mo na nan ner ni no o per ra re ri ro sa sen ser shi son ski sky ta ten ter ti ton tz va ver vi wa wicz ya z zar")

func (c *crowd) tail(known string, n int) []string {
	out := strings.Fields(known)
	seen := map[string]bool{}
	for len(out) < n {
		w := firstSyllables[c.IntN(len(firstSyllables))]
		for range 1 + c.IntN(3) {
			w += nextSyllables[c.IntN(len(nextSyllables))]
		}
		if !seen[w] {
			seen[w] = true
			out = append(out, strings.ToUpper(w[:1])+w[1:])
		}
	}
	return out
}

func shares(n int, offset, power float64) []float64 {
	out, sum := make([]float64, n), 0.0
	for i := range out {
		sum += math.Pow(float64(i)+offset, -power)
		out[i] = sum
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func (c *crowd) pick(of []string, by []float64) string {
	i, _ := slices.BinarySearch(by, c.Float64())
	return of[min(i, len(of)-1)]
}

func newCrowd() *crowd {
	c := &crowd{Rand: rand.New(rand.NewPCG(7, 7))}
	c.families = c.tail("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyễn Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Patel", 120000)
	c.givens = c.tail("Michael John David Jennifer Robert James Mary William Susan Elizabeth Christopher Daniel Mark Lisa Sarah Richard Thomas Jessica Karen Amy Michelle Joseph Steven Brian Jeffrey Kevin Matthew Andrew Laura Anna María José Linh Wei Priya", 4000)
	for _, z := range (models.Around{Spot: models.Spot{Latitude: 39, Longitude: -96}, Miles: 6000}).ZIPs() {
		c.zips = append(c.zips, z.ZIP)
	}
	c.Shuffle(len(c.zips), func(i, j int) { c.zips[i], c.zips[j] = c.zips[j], c.zips[i] })
	c.family, c.given, c.zip = shares(len(c.families), 10, 0.9), shares(len(c.givens), 10, 1), shares(len(c.zips), 30, 0.7)
	return c
}

// taxonomy is a code in about the shares of the public register.
func (c *crowd) taxonomy() string {
	common := []string{"207Q00000X", "363L00000X", "225100000X", "207R00000X", "101YM0800X", "163W00000X", "183500000X", "1041C0700X"}
	switch n := c.IntN(100); {
	case n < 4:
		return "111N00000X"
	case n < 6:
		return "225700000X"
	case n < 40:
		all := models.Taxonomies()
		return all[c.IntN(len(all))].Code
	}
	return common[c.IntN(len(common))]
}

// settle fills a directory with n providers, each with an office, by the
// shortest way that leaves the rows AddProvider would.
func (c *crowd) settle(b *testing.B, w *storetest.World, n int) {
	b.Helper()
	const batch = 50
	type one struct{ id, given, family, taxonomy, zip string }
	insert := func(in *sql.Tx, table, columns string, args []any) {
		width := strings.Count(columns, ",") + 1
		row := ",(" + strings.Repeat(",?", width)[1:] + ")"
		statement := "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.Repeat(row, len(args)/width)[1:]
		if w.DB.Engine() == "postgres" {
			n := 0
			statement = regexp.MustCompile(`\?`).ReplaceAllStringFunc(statement, func(string) string { n++; return "$" + strconv.Itoa(n) })
		}
		if _, err := in.Exec(statement, args...); err != nil {
			b.Fatal(err)
		}
	}
	in, err := w.OwnerDB.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for done := 0; done < n; done += batch {
		var providers, offices, roles []any
		for i := range batch {
			p := one{w.NewID(), c.pick(c.givens, c.given), c.pick(c.families, c.family), c.taxonomy(), c.pick(c.zips, c.zip)}
			office, at := w.NewID(), w.Clock.Now()
			spot, _ := models.LookupZIP(p.zip)
			providers = append(providers, p.id, p.given, p.family, store.Fold(p.family+" "+p.given), "", strconv.Itoa(3000000000+done+i), p.taxonomy, "", "", "{}", at, 1)
			offices = append(offices, office, "Office", fmt.Sprintf(`{"city":"City %s","state":"S%s","postal_code":"%s"}`, p.zip[:3], p.zip[:2], p.zip),
				"city "+p.zip[:3], "s"+p.zip[:2], "", "", "", at, p.zip, spot.Latitude, spot.Longitude)
			roles = append(roles, p.id, office, at)
		}
		insert(in, "providers", "id, given, family, folded, credentials, npi, taxonomy, email, phone, licence, created_at, version", providers)
		insert(in, "offices", "id, name, address, city, state, phone, fax, preferred_channel, created_at, postal_code, latitude, longitude", offices)
		insert(in, "provider_roles", "provider_id, office_id, since", roles)
	}
	if err := in.Commit(); err != nil {
		b.Fatal(err)
	}
	for left := 1; left > 0; {
		w.Write(func(tx *store.Tx) (err error) { left, err = tx.IndexRest(20000); return err })
	}
	if w.DB.Engine() == "postgres" { // what its own upkeep does within minutes
		if _, err := w.OwnerDB.Exec("VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
}

// question is a search as people type them: names whole, begun and mistyped,
// places, disciplines, and each with another.
func (c *crowd) question() models.ProviderQuery {
	given, family, zip := c.pick(c.givens, c.given), c.pick(c.families, c.family), c.pick(c.zips, c.zip)
	discipline := models.DisciplineKeys()[c.IntN(len(models.DisciplineKeys()))]
	mistyped := []rune(strings.ToLower(family))
	if i := c.IntN(len(mistyped)); c.IntN(2) == 0 && i > 0 {
		mistyped[i], mistyped[i-1] = mistyped[i-1], mistyped[i]
	} else {
		mistyped = slices.Delete(mistyped, i, i+1)
	}
	switch c.IntN(14) {
	case 0:
		return models.ProviderQuery{Q: family}
	case 1, 2:
		return models.ProviderQuery{Q: given + " " + family}
	case 3:
		return models.ProviderQuery{Q: given}
	case 4:
		return models.ProviderQuery{Q: family[:min(len(family), 2+c.IntN(4))]}
	case 5:
		return models.ProviderQuery{Q: string(mistyped)}
	case 6:
		return models.ProviderQuery{Q: given[:1] + " " + string(mistyped)}
	case 7:
		return models.ProviderQuery{Q: family, State: "S" + zip[:2]}
	case 8:
		return models.ProviderQuery{Discipline: discipline, City: "City " + zip[:3], State: "S" + zip[:2]}
	case 9:
		return models.ProviderQuery{Discipline: discipline, Near: zip}
	case 10:
		return models.ProviderQuery{Q: family, Near: zip, Within: 100}
	case 11:
		return models.ProviderQuery{Q: given, Discipline: discipline, Near: zip}
	case 12:
		return models.ProviderQuery{Near: zip, Within: 10}
	}
	return models.ProviderQuery{NPI: fmt.Sprintf("%010d", 3000000000+c.IntN(500000))}
}

func benchDirectory(b *testing.B, engine string) {
	const providers, questions = 500000, 400
	w, c := storetest.NewWorld(b, engine), newCrowd()
	start := time.Now()
	c.settle(b, w, providers)
	b.Logf("%s: %d providers in %s", engine, providers, time.Since(start).Round(time.Second))
	ask := func(q models.ProviderQuery) time.Duration {
		begin := time.Now()
		if err := w.DB.Read(context.Background(), w.Therapist, func(_ context.Context, tx *store.Tx) error {
			_, err := tx.Providers(q, models.Page{Limit: 50})
			return err
		}); err != nil {
			b.Fatalf("%+v: %v", q, err)
		}
		return time.Since(begin)
	}
	for range 40 {
		ask(c.question())
	}
	type timed struct {
		took time.Duration
		cpu  time.Duration
		q    models.ProviderQuery
	}
	var all []timed
	spent := w.CPU()
	for range questions {
		q := c.question()
		before := w.CPU()
		took := ask(q)
		all = append(all, timed{took, w.CPU() - before, q})
	}
	spent = w.CPU() - spent
	slices.SortFunc(all, func(x, y timed) int { return int(x.took - y.took) })
	for _, x := range all[questions*97/100:] {
		b.Logf("%s, %s of the processor: %+v", x.took.Round(time.Millisecond), x.cpu.Round(time.Millisecond), x.q)
	}
	ms := func(i int) float64 { return float64(all[i].took) / float64(time.Millisecond) }
	p95 := ms(questions * 95 / 100)
	b.ReportMetric(ms(questions/2), "p50-ms")
	slices.SortFunc(all, func(x, y timed) int { return int(y.cpu - x.cpu) })
	b.ReportMetric(float64(all[questions*5/100].cpu)/float64(time.Millisecond), "p95-cpu-ms")
	b.ReportMetric(float64(spent)/float64(time.Millisecond)/questions, "cpu-ms")
	storetest.Figure(b, p95, "p95-ms", 50)
}

// BenchmarkFigureDirectorySQLite and its sister search a directory of half a
// million providers.
func BenchmarkFigureDirectorySQLite(b *testing.B)   { benchDirectory(b, "sqlite") }
func BenchmarkFigureDirectoryPostgres(b *testing.B) { benchDirectory(b, "postgres") }
