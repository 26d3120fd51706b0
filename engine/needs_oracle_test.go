//go:build oracle

package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"reactorls/engine/rust"
	"reactorls/testdata/oracle/crates"
)

// truth is what the compiler says of one crate: see testdata/oracle/truth.
type truth struct {
	Crate, Version string
	Flags          []string
	Error          string // why there is no truth
	Targets        string
	OwnNeed        []string `json:"own_need"`
	DevNeed        []string `json:"dev_need"`
	Neutral        []string
	UnusedFirm     []string `json:"unused_firm"`
	UnusedHere     []string `json:"unused_here"`
	Unneeded       []string // full taken apart
	Missing        []string
	Reexports      bool
	Sites          []struct {
		File      string
		ByteStart int `json:"byte_start"`
		ByteEnd   int `json:"byte_end"`
		Line      int
		Item      string
		Kind      string
		Feature   string
		Own, Dev  bool
	}
	Builds struct {
		LibBins    bool `json:"lib_bins"`
		AllTargets bool `json:"all_targets"`
	}
}

func (t *truth) selection() Selection {
	var sel Selection
	for i, f := range t.Flags {
		switch f {
		case "--no-default-features":
			sel.NoDefault = true
		case "--all-features":
			sel.All = true
		case "--features":
			sel.Features = append(sel.Features, strings.Split(t.Flags[i+1], ",")...)
		}
	}
	return sel
}

// TestNeedsAgainstCompiler holds what the engine says crates need against what
// the compiler says: must ⊆ truth ⊆ may, and no wrong verdict. It reports the
// share of crates whose needs are exactly the compiler's, and of single uses that
// are found. The truths are made first, where the cache does not hold them.
func TestNeedsAgainstCompiler(t *testing.T) {
	cache, err := crates.Cache()
	if err != nil {
		t.Fatal(err)
	}
	list, err := crates.List()
	if err != nil {
		t.Fatal(err)
	}
	makeTruths(t, list, cache)
	entries, err := crates.Read(list)
	if err != nil {
		t.Fatal(err)
	}
	s := score{tooMuch: map[string]bool{}, tooLittle: map[string]bool{}, lost: map[string]int{}}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(cache, "truth", e.ID()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var tr truth
		if err := json.Unmarshal(data, &tr); err != nil {
			t.Fatalf("%v: %v", e, err)
		}
		if tr.Error != "" || !tr.Builds.LibBins || tr.Targets == "all-targets" && !tr.Builds.AllTargets {
			s.without++
			t.Logf("%v: no truth: %s", e, tr.Error)
			continue
		}
		s.compare(t, cache, e.ID(), &tr)
	}
	t.Logf("%d entries, %d more without a truth: must ⊆ truth in %d, truth ⊆ may in %d", s.entries, s.without, s.entries-len(s.tooMuch), s.entries-len(s.tooLittle))
	t.Logf("needs exact in %d (%.1f %%), dev needs exact in %d of %d", s.exact, 100*float64(s.exact)/float64(s.entries), s.devExact, s.devEntries)
	t.Logf("unused: %d right, %d wrong, %d not seen; missing: %d right, %d wrong, %d not seen", s.unused[0], s.unused[1], s.unused[2], s.missing[0], s.missing[1], s.missing[2])
	t.Logf("single uses: %d of %d (%.1f %%) are places of a need; the others: %v; %d places that the compiler does not list", s.found, s.sites, 100*float64(s.found)/float64(s.sites), s.lost, s.extra)
}

// makeTruths runs the oracle. Entries that fail are seen by their truths.
func makeTruths(t *testing.T, list, cache string) {
	root, err := crates.Root()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "./testdata/oracle/truth", "-list", list, "-cache", cache, "-jobs", strconv.Itoa(crates.Jobs()))
	cmd.Dir = root
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Logf("truth: %v", err)
	}
}

type score struct {
	entries, exact, devEntries, devExact int
	without                              int             // entries
	tooMuch, tooLittle                   map[string]bool // entries where must ⊄ truth, truth ⊄ may
	unused, missing                      [3]int          // right, wrong, not seen
	sites, found, extra                  int
	lost                                 map[string]int
}

func (s *score) compare(t *testing.T, cache, id string, tr *truth) {
	dir := filepath.Join(cache, "src", tr.Crate+"-"+tr.Version)
	snapshot := NewSession().Snapshot()
	w, err := snapshot.Workspace(dir)
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return
	}
	var u *Use
	for _, x := range snapshot.Uses(w.Packages[0], tr.selection()) {
		if x.Crate == "tokio" {
			u = x
		}
	}
	if u == nil {
		t.Errorf("%s: no tokio here", id)
		return
	}
	s.entries++
	if s.part(t, id, "", u, &u.Normal, tr.OwnNeed, tr.Neutral) {
		s.exact++
	}
	if tr.Targets == "all-targets" {
		s.devEntries++
		if s.part(t, id, "dev ", u, &u.Dev, tr.DevNeed, tr.Neutral) {
			s.devExact++
		}
	}
	unused, _ := u.UnusedFeatures()
	// Unneeded takes full apart, as we do; it is firm where nothing is neutral.
	firm := slices.DeleteFunc(slices.Clone(tr.Unneeded), func(f string) bool { return slices.Contains(tr.Neutral, f) })
	s.verdicts(t, id, "unused", unused, firm, slices.Concat(tr.Neutral, []string{"parking_lot"}), &s.unused)
	var missing []string
	for _, m := range u.MissingUnder(tr.selection()) {
		if !m.Dev && !m.Build {
			missing = append(missing, m.Feature)
		}
	}
	s.verdicts(t, id, "missing", missing, tr.Missing, tr.Neutral, &s.missing)
	s.places(t, id, u, tr)
}

// part compares the need of one part of a package.
func (s *score) part(t *testing.T, id, which string, u *Use, part *Part, need, neutral []string) bool {
	var plain []string
	for _, f := range need {
		if !strings.Contains(f, "|") {
			plain = append(plain, f)
		}
	}
	must, want := u.Know.Closure(part.Features()...), u.Know.Closure(plain...)
	exact := true
	for _, f := range must {
		if slices.Contains(want, f) {
			continue
		}
		anyOf := slices.ContainsFunc(need, func(n string) bool { return slices.Contains(strings.Split(n, "|"), f) })
		if anyOf || slices.Contains(neutral, f) {
			continue
		}
		exact = false
		s.tooMuch[id] = true
		t.Errorf("%s: %smust have %s, the compiler does not: %v", id, which, f, part.Find(f))
	}
	for _, f := range want {
		if !slices.Contains(must, f) {
			exact = false
			t.Logf("%s: %s%s is needed and not found", id, which, f)
		}
		if !u.May(part, f) && (which != "" || !u.May(&u.Normal, f)) {
			s.tooLittle[id] = true
			t.Errorf("%s: %s%s is needed and excluded", id, which, f)
		}
	}
	return exact
}

// verdicts counts the right and wrong ones; neutral features count neither way.
func (s *score) verdicts(t *testing.T, id, what string, ours, theirs, neutral []string, count *[3]int) {
	for _, f := range ours {
		switch {
		case slices.Contains(theirs, f):
			count[0]++
		case !slices.Contains(neutral, f):
			count[1]++
			t.Errorf("%s: %s is not %s", id, f, what)
		}
	}
	for _, f := range theirs {
		if !slices.Contains(ours, f) && f != "parking_lot" {
			count[2]++
			t.Logf("%s: %s is %s and not seen", id, f, what)
		}
	}
}

// places counts which single uses were found: those on whose line a place is listed
// for each feature that they need. A line of a function stands for the attribute that
// made code there.
func (s *score) places(t *testing.T, id string, u *Use, tr *truth) {
	found, extra := map[string]bool{}, map[string]string{}
	functions := map[*rust.Source]map[int]uint32{}
	attributed := func(s *rust.Source) map[int]uint32 { // the ends of functions by their attributes
		if functions[s] == nil {
			functions[s] = map[int]uint32{}
			for _, f := range s.Fns() {
				for _, a := range f.Attrs {
					functions[s][int(s.Refs[a].Start)] = f.Span.End
				}
			}
		}
		return functions[s]
	}
	key := func(file string, line int, feature string) string {
		return fmt.Sprintf("%s:%d:%s", file, line, feature)
	}
	for _, part := range []*Part{&u.Normal, &u.Dev} {
		for _, n := range u.Everywhere(part) {
			for _, p := range n.Places {
				if p.Path == "" {
					continue
				}
				file, source := u.src().pkg.relative(p.Path), u.src().rust.Load(p.Path)
				line := 1 + strings.Count(source.Text[:p.Span.Start], "\n")
				found[key(file, line, n.Feature)] = true
				if part == &u.Normal {
					extra[fmt.Sprintf("%s:%d", file, line)] = p.Item
				}
				if end, ok := attributed(source)[p.Span.Start]; ok {
					last := line + strings.Count(source.Text[p.Span.Start:end], "\n")
					for ; line <= last; line++ {
						found[key(file, line, "attribute "+n.Feature)] = true
					}
				}
			}
		}
	}
	for _, site := range tr.Sites {
		source := u.src().rust.Load(filepath.Join(u.Package.Dir, site.File))
		last := site.Line
		if source != nil && site.ByteEnd <= len(source.Text) {
			last += strings.Count(source.Text[site.ByteStart:site.ByteEnd], "\n")
		}
		for line := site.Line; line <= last; line++ {
			delete(extra, fmt.Sprintf("%s:%d", site.File, line))
		}
		if !site.Own {
			continue
		}
		s.sites++
		hit := true
		for _, clause := range strings.Split(site.Feature, " & ") {
			hit = hit && slices.ContainsFunc(strings.Split(clause, "|"), func(f string) bool {
				for line := site.Line; line <= last; line++ {
					if found[key(site.File, line, f)] {
						return true
					}
				}
				return site.Kind == "attribute" && found[key(site.File, site.Line, "attribute "+f)]
			})
		}
		if hit {
			s.found++
		} else {
			s.lost[site.Kind]++
			if os.Getenv("ORACLE_LOST") != "" {
				t.Logf("%s: lost %s:%d %s %s (%s)", id, site.File, site.Line, site.Item, site.Kind, site.Feature)
			}
		}
	}
	s.extra += len(extra)
	if os.Getenv("ORACLE_LOST") != "" {
		for at, item := range extra {
			t.Logf("%s: extra %s %s", id, at, item)
		}
	}
}
