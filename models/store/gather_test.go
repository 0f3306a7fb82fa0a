package store

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"rapport/models"
)

// odd has a field for each kind of column.
type odd struct {
	Name   string
	Status models.OrderSource
	Count  int
	Limit  *int
	Day    models.Date
	Seal   []byte
	At     *time.Time
	Done   bool
	List   asJSON[[]string]
}

func TestReadingTakesNullAsNothingAndLeavesOutWhatHasNoField(t *testing.T) {
	d, err := Open(Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "odd.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const q = `SELECT 'ana' AS name, 'paper' AS status, 3 AS count, 4 AS "limit", '2026-03-02' AS day, x'00ff' AS seal, 1 AS done, '["a"]' AS list, 'x' AS stray
		UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL`
	four := 4
	want := []odd{{Name: "ana", Status: models.FromPaper, Count: 3, Limit: &four, Day: "2026-03-02", Seal: []byte{0, 255}, Done: true, List: jsonOf([]string{"a"})}, {}}
	err = d.Read(context.Background(), models.Actor{}, func(_ context.Context, tx *Tx) error {
		got, err := asked[odd](tx, q)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
		if none, err := asked[odd](tx, "SELECT 'ana' AS name WHERE 1 = 0"); err != nil || len(none) != 0 {
			t.Errorf("nothing is %+v, %v", none, err)
		}
		if wrong, err := asked[odd](tx, "SELECT 'many' AS count"); err == nil {
			t.Errorf("a word as a number is %+v", wrong)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
