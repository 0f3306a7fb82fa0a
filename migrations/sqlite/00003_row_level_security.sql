-- +goose Up
-- SQLite has no row-level security; types and composite keys are its fences.
SELECT 1;
