// Package storetest gives each test a database of its own, on both engines: a
// copy of a migrated SQLite file, and a clone of a migrated PostgreSQL database
// in a throw-away cluster. It knows neither the schema nor how to migrate; the
// caller hands that in. Only tests import it. Nothing here skips a test: what is
// missing fails it and says what to install.
package storetest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// The two roles every test database has. The owner migrates; the program under
// test signs in as the other, which row-level security binds.
const (
	ownerRole = "rapport_owner"
	appRole   = "rapport_app"
)

// cluster is the PostgreSQL that this test binary talks to: the one that
// RAPPORT_TEST_PG names, or one that it started itself.
type cluster struct {
	socket string
	admin  *sql.DB   // superuser, on the database postgres
	own    *exec.Cmd // nil when the cluster is shared; its pipe keeps the cluster alive
}

var theCluster = sync.OnceValues(func() (*cluster, error) {
	c := &cluster{socket: os.Getenv("RAPPORT_TEST_PG")}
	if c.socket == "" {
		if err := c.startOwn(); err != nil {
			return nil, err
		}
	}
	return c, c.join()
})

// join opens the administrator's pool and makes the roles and the sequence that
// names databases, once per cluster.
func (c *cluster) join() (err error) {
	if c.admin, err = sql.Open("pgx", c.dsn("postgres", "postgres")); err != nil {
		return err
	}
	c.admin.SetMaxOpenConns(4)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.locked(ctx, "roles", prepareCluster); err != nil {
		return fmt.Errorf("prepare the cluster in %s: %w", c.socket, err)
	}
	return nil
}

func prepareCluster(ctx context.Context, on *sql.Conn) error {
	for _, role := range []string{ownerRole, appRole} {
		var known bool
		err := on.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)`, role).Scan(&known)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		_, err = on.ExecContext(ctx, `CREATE ROLE `+role+` LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`)
		if err != nil {
			return err
		}
	}
	_, err := on.ExecContext(ctx, `CREATE SEQUENCE IF NOT EXISTS test_databases`)
	return err
}

// locked runs f while no other test binary on the cluster runs one under the
// same name.
func (c *cluster) locked(ctx context.Context, name string, f func(context.Context, *sql.Conn) error) error {
	on, err := c.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer on.Close()
	if _, err := on.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext($1))`, name); err != nil {
		return err
	}
	// The lock must go even when ctx has ended: the connection returns to the pool.
	defer on.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext($1))`, name)
	return f(ctx, on)
}

// dsn names a database on the cluster's socket as one role.
func (c *cluster) dsn(role, database string) string {
	return "postgres://" + role + "@/" + database + "?host=" + url.QueryEscape(c.socket) + "&sslmode=disable"
}

// template returns the name of the migrated database for key, and makes it when
// no test binary has. A half-made one of a binary that died is dropped.
func (c *cluster) template(ctx context.Context, key string, migrate func(context.Context, string) error) (string, error) {
	sum := sha256.Sum256([]byte(key))
	name := "template_" + hex.EncodeToString(sum[:8])
	return name, c.locked(ctx, name, func(ctx context.Context, on *sql.Conn) error {
		var known bool
		err := on.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&known)
		if err != nil || known {
			return err
		}
		draft := name + "_draft"
		if _, err := on.ExecContext(ctx, `DROP DATABASE IF EXISTS `+draft+` WITH (FORCE)`); err != nil {
			return err
		}
		if _, err := on.ExecContext(ctx, `CREATE DATABASE `+draft+` OWNER `+ownerRole); err != nil {
			return err
		}
		if err := c.grant(ctx, draft); err != nil {
			return err
		}
		if err := migrate(ctx, c.dsn(ownerRole, draft)); err != nil {
			return err
		}
		_, err = on.ExecContext(ctx, `ALTER DATABASE `+draft+` RENAME TO `+name)
		return err
	})
}

// grant lets the program's role read and change the rows of every table that the
// owner will make. It is said before the migrations run, so that a REVOKE in one
// of them, on a ledger for example, stands.
func (c *cluster) grant(ctx context.Context, database string) error {
	owner, err := sql.Open("pgx", c.dsn(ownerRole, database))
	if err != nil {
		return err
	}
	defer owner.Close()
	_, err = owner.ExecContext(ctx, `
		ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO `+appRole+`;
		ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO `+appRole)
	return err
}

// clone makes a fresh database from a template and returns its name. It tries
// again while the template's last migrating connection is still being closed.
func (c *cluster) clone(ctx context.Context, template string) (string, error) {
	var name string
	err := c.admin.QueryRowContext(ctx, `SELECT 'test_' || nextval('test_databases')`).Scan(&name)
	if err != nil {
		return "", err
	}
	for {
		_, err = c.admin.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY file_copy OWNER `+ownerRole)
		if err == nil || !strings.Contains(err.Error(), "(SQLSTATE 55006)") {
			return name, err
		}
		select {
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// drop removes a database, closing whatever is still connected to it.
func (c *cluster) drop(ctx context.Context, name string) error {
	_, err := c.admin.ExecContext(ctx, `DROP DATABASE `+name+` WITH (FORCE)`)
	return err
}

// startOwn starts a cluster for this test binary alone. The script waits on a
// pipe that the kernel closes when the binary ends, killed or not, and then
// removes the cluster.
func (c *cluster) startOwn() error {
	script, err := findScript()
	if err != nil {
		return err
	}
	c.own = exec.Command(script, "sh", "-c", `echo "$RAPPORT_TEST_PG"; exec cat >/dev/null`)
	var complaint strings.Builder
	c.own.Stderr = &complaint
	if _, err := c.own.StdinPipe(); err != nil {
		return err
	}
	out, err := c.own.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.own.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.own.Wait()
		return fmt.Errorf("%s: %s", script, strings.TrimSpace(complaint.String()))
	}
	c.socket = strings.TrimSpace(line)
	return nil
}

// findScript looks for .ci/with-postgres upwards from the package's directory,
// where the go command runs a test.
func findScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		script := filepath.Join(dir, ".ci", "with-postgres")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no .ci/with-postgres above the working directory; run the tests inside the repository")
		}
		dir = filepath.Dir(dir)
	}
}
