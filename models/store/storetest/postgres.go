package storetest

import (
	"context"
	"testing"
	"time"
)

// Postgres returns a fresh PostgreSQL database twice: as the owner of its tables,
// and as the role the program runs as, which owns nothing and which row-level
// security binds. Both are URLs over a Unix socket. The database is a clone of a
// template that migrate filled as the owner, once per key and cluster; let key
// change whenever the migrations do. It is dropped when the test ends.
func Postgres(t testing.TB, key string, migrate func(ctx context.Context, ownerDSN string) error) (ownerDSN, appDSN string) {
	t.Helper()
	c, err := theCluster()
	if err != nil {
		t.Fatalf("no PostgreSQL to test on: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	template, err := c.template(ctx, key, migrate)
	if err != nil {
		t.Fatalf("migrate the template: %v", err)
	}
	name, err := c.clone(ctx, template)
	if err != nil {
		t.Fatalf("clone the template: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := c.drop(ctx, name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return c.dsn(ownerRole, name), c.dsn(appRole, name)
}
