package view

import (
	"slices"
	"strings"

	"rapport/models"
)

func categoryOptions(special bool) []Option {
	return optionsOf(slices.DeleteFunc(models.Categories(), func(t models.Term[models.Category]) bool { return t.Key.Special() != special }))
}

func purposeOptions() []Option {
	return optionsOf(slices.DeleteFunc(models.Purposes(), func(t models.Term[models.Purpose]) bool { return t.Key == models.PurposeEmergency }))
}

func hasSpecial(form Form) bool {
	return slices.ContainsFunc(form.Values["categories"], func(s string) bool { return models.Category(s).Special() })
}

func endWords(r models.Release) string {
	switch {
	case r.ExpiresOn.IsZero():
		return "when this happens: " + r.ExpiryEvent
	case r.ExpiryEvent == "":
		return Day(r.ExpiresOn) + ", that day included"
	}
	return Day(r.ExpiresOn) + ", or earlier when this happens: " + r.ExpiryEvent
}

func identifiedWords(by string) string {
	switch by {
	case "in_person":
		return "in person, by the practice"
	case "one_time_link":
		return "by a one-time link and the birth date"
	}
	return strings.ReplaceAll(by, "_", " ")
}

func keptWords(d models.Date) string {
	if d.IsZero() {
		return "six years after it ends"
	}
	return Day(d)
}

func signerName(v ReleaseView) string {
	if v.Release.Representative != nil {
		return v.Release.Representative.Name
	}
	return v.Client.Name.String()
}
