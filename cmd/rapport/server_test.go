package main

import "testing"

func TestAProxyNobodyBelievesIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		url     string
		proxies []string
		want    bool
	}{
		{"https://rapport.example", nil, true},
		{"https://rapport.example", []string{"127.0.0.1"}, false},
		{"http://127.0.0.1:8080", nil, false},
	} {
		if got := blindProxy(c.url, c.proxies); got != c.want {
			t.Errorf("%s behind %v: got %v", c.url, c.proxies, got)
		}
	}
}
