package store

import "gorm.io/gorm"

// watched tells of each statement as the database gets it, without its values.
func (d *DB) watched(g *gorm.DB, err error) (*gorm.DB, error) {
	tell := d.cfg.Watch
	if tell == nil || err != nil {
		return g, err
	}
	after := func(g *gorm.DB) {
		if sql := g.Statement.SQL.String(); sql != "" {
			tell(sql)
		}
	}
	const name = "rapport:watch"
	c := g.Callback()
	for _, register := range []func(string, func(*gorm.DB)) error{c.Create().After("gorm:create").Register, c.Query().After("gorm:query").Register,
		c.Update().After("gorm:update").Register, c.Delete().After("gorm:delete").Register, c.Row().After("gorm:row").Register, c.Raw().After("gorm:raw").Register} {
		if err := register(name, after); err != nil {
			return nil, err
		}
	}
	return g, nil
}
