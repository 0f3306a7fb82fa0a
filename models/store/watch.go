package store

import (
	"context"
	"time"

	"gorm.io/gorm/logger"
)

// watch tells of each statement without its text or values.
type watch struct {
	logger.Interface
	tell func()
}

// LogMode keeps the watch when GORM asks for another level.
func (w watch) LogMode(logger.LogLevel) logger.Interface { return w }

// Trace is called by GORM after each statement; the text is never rendered.
func (w watch) Trace(context.Context, time.Time, func() (string, int64), error) { w.tell() }

func (d *DB) logger() logger.Interface {
	if d.cfg.Watch == nil {
		return logger.Discard
	}
	return watch{logger.Discard, d.cfg.Watch}
}
