package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	lite "modernc.org/sqlite"

	"rapport/models/fault"
)

// liteDialect is GORM's own dialect over the driver without cgo; only the
// error translation differs (extended result codes of SQLite).
type liteDialect struct{ *sqlite.Dialector }

// Translate names the violated kind of constraint.
func (liteDialect) Translate(err error) error {
	var e *lite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case 1555, 2067, 2579: // PRIMARYKEY, UNIQUE, ROWID
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case 787: // FOREIGNKEY
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case 275: // CHECK
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	case 1811: // TRIGGER: RESTRICT reports the same code as RAISE(ABORT)
		if strings.Contains(e.Error(), "FOREIGN KEY constraint failed") {
			return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
		}
	}
	return err
}

// retryable says that the transaction lost a race and may be run again.
func retryable(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "40001" || pe.Code == "40P01"
	}
	var le *lite.Error
	return errors.As(err, &le) && le.Code()&0xff == 5 // SQLITE_BUSY
}

// gone says that PostgreSQL hung up: it was restarted, or the way to it broke.
// A transaction whose COMMIT got no answer may have happened.
func gone(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return strings.HasPrefix(pe.Code, "57P") || strings.HasPrefix(pe.Code, "08")
	}
	var way *net.OpError
	return errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) || errors.As(err, &way)
}

// waited says that a lock, an answer or the next statement was not to be had in
// time: lock_timeout, statement_timeout, idle_in_transaction_session_timeout.
func waited(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "55P03" || pe.Code == "57014" || pe.Code == "25P03")
}

// missing turns "no row" into the one answer for what is not there.
func missing(err error, noun string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.Missing(noun)
	}
	return err
}

// one checks that an update or delete met exactly the row it meant.
func one(rows int, err error, noun string) error {
	if err != nil {
		return err
	}
	if rows == 0 {
		return fault.Missing(noun)
	}
	return nil
}

// stale is one with a version in the condition: no row means somebody was faster.
func stale(rows int, err error) error {
	if err != nil {
		return err
	}
	if rows == 0 {
		return fault.New(fault.Stale, "version.stale", "Somebody changed this in the meantime. Load it again and repeat your change.")
	}
	return nil
}
