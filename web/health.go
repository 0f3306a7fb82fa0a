package web

import (
	"bytes"
	"encoding/csv"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

// networkPage is who refers to whom.
func (r *request) networkPage() error {
	v, err := r.net.WhoRefers(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Who refers to whom", func(p view.Page) templ.Component { return view.NetworkPage(p, v, r.by.May(models.ReadFigures) == nil) })
}

// networkCSV is the same as a file.
func (r *request) networkCSV() error {
	v, err := r.net.WhoRefers(r.ctx, r.by)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(v.Rows()); err != nil {
		return err
	}
	r.c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.c.Set(fiber.HeaderContentDisposition, `attachment; filename="network.csv"`)
	return r.c.Send(b.Bytes())
}

// figuresPage is the owner's figures.
func (r *request) figuresPage() error {
	all, err := r.net.Figures(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Figures", func(p view.Page) templ.Component { return view.FiguresPage(p, all) })
}

// figurePage is the list behind a figure.
func (r *request) figurePage() error {
	key := models.FigureKey(r.param("key"))
	all, err := r.net.Figures(r.ctx, r.by)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(f models.OwnerFigure) bool { return f.Key == key })
	if i < 0 {
		return fault.Missing("figure")
	}
	l, err := r.net.FigureCases(r.ctx, r.by, key, models.Page{Limit: pageSize, Cursor: r.after()})
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, all[i].Title, func(p view.Page) templ.Component { return view.FigurePage(p, all[i], l.Items, l.NextCursor) })
}
