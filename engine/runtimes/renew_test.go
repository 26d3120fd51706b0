package runtimes

import (
	"strings"
	"testing"
)

// TestRenewals holds that the table of renewals names what there is today.
func TestRenewals(t *testing.T) {
	for _, r := range renewals() {
		know := Lookup(r.Crate).At("")
		for _, i := range r.Items {
			now := i.Path
			if i.To != "" {
				now = i.Path[:strings.LastIndex(i.Path, ":")+1] + i.To
			}
			if _, ok := know.Item(now); !ok {
				t.Errorf("%s has no %s", r.Crate, now)
			}
			if r.Find(i.Path) == nil || r.Find(i.Path).Path != i.Path {
				t.Errorf("%s is not found", i.Path)
			}
		}
		for old, now := range r.Features {
			if _, ok := r.Asked(now); !ok || know.Has(old) {
				t.Errorf("feature %s", old)
			}
		}
	}
	if FindRenewal("tokio", "0.1") != nil || FindRenewal("tokio", "0.2").Find("runtime::Builder") != nil {
		t.Error("what is not known is found")
	}
}
