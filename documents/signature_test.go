package documents

import (
	"strings"
	"testing"
)

func TestALongNameIsSignedWithinItsLine(t *testing.T) {
	_, err := render("Paper", "Practice", identity.At, func(s *sheet) error {
		s.newPage()
		for _, name := range []string{"Ana Silva", "Nguyễn Thị Bích Phượng", strings.Repeat("Hohenzollern-", 9) + "Wallenstein", strings.Repeat("W", 200)} {
			st, ls := s.signedName(name, 98)
			for _, l := range ls {
				if got := s.width(st, l); got > 98 {
					t.Errorf("%q takes %.0f mm of 98", l, got)
				}
			}
			if len(ls) == 0 || float64(len(ls))*st.lead() > 9.5 {
				t.Errorf("%q stands on %d lines", name, len(ls))
			}
		}
		if st, _ := s.signedName("Ana Silva", 98); st.size != 12 {
			t.Errorf("a short name has size %v", st.size)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
