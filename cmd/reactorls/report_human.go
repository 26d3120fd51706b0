package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// writeReportHuman prints a report for a terminal.
func writeReportHuman(out io.Writer, r *report) error {
	bold := ansi.NewStyle().Bold()
	var b strings.Builder
	heading := func(text string) { fmt.Fprintf(&b, "\n%s\n", bold.Styled(text)) }
	line := func(label string, values []string) {
		if len(values) > 0 {
			fmt.Fprintf(&b, "    %-10s %s\n", label, strings.Join(values, ", "))
		}
	}

	fmt.Fprintf(&b, "%s: %s, %s\n", bold.Styled("Runtimes of "+filepath.Base(r.Workspace)), plural(len(r.Packages), "package"), plural(r.Crates, "crate"))
	if !r.Complete {
		b.WriteString("\nWhat is built is not known exactly:\n")
		for _, why := range r.Because {
			fmt.Fprintf(&b, "    %s\n", why)
		}
	}
	var without []string
	for _, p := range r.Packages {
		if len(p.Runtimes)+len(p.Reactors) == 0 {
			without = append(without, p.Name)
			continue
		}
		heading(strings.TrimSpace(p.Name + " " + p.Version))
		line("reactors", p.Reactors)
		for _, u := range p.Runtimes {
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(u.Crate+" "+u.Version))
			line("asks", asked(u, "normal", u.Declared))
			line("for tests", asked(u, "dev", u.DevDeclared))
			line("needs", u.Needs)
			line("tests need", slices.DeleteFunc(slices.Clone(u.DevNeeds), func(f string) bool { return slices.Contains(u.Needs, f) }))
			line("unused", u.Unused)
			line("tests only", u.DevOnly)
			line("missing", slices.Concat(u.Missing, u.DevMissing))
			line("unsure", u.Because)
		}
	}
	if len(without) > 0 {
		heading("Without a runtime")
		fmt.Fprintf(&b, "  %s\n", strings.Join(without, ", "))
	}
	for _, reactor := range r.Reactors {
		heading("Who drives " + reactor.Name)
		for _, d := range reactor.Drivers {
			fmt.Fprintf(&b, "  %s\n", driverText(d))
		}
	}
	if len(r.Bridges) > 0 {
		heading("Bridges")
		for _, bridge := range r.Bridges {
			fmt.Fprintf(&b, "  %s gives the context of %s: %s\n    %s\n", bridge.Package, bridge.Gives, bridge.How, arrows(bridge.Path))
		}
	}
	if len(r.Deprecated) > 0 {
		heading("No longer maintained")
		for _, gone := range r.Deprecated {
			fmt.Fprintf(&b, "  %s\n    %s\n", goneText(gone), arrows(gone.Path))
		}
	}
	if len(r.Duplicates) > 0 {
		heading("In several versions")
		for _, d := range r.Duplicates {
			for _, v := range d.Versions {
				fmt.Fprintf(&b, "  %s\n", arrows(v.Path))
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.sum())
	_, err := io.WriteString(colorprofile.NewWriter(out, os.Environ()), b.String())
	return err
}

// asked lists features with what they cost.
func asked(u reportRuntime, kind string, features []string) []string {
	costs := u.costs(kind)
	if _, has := costs["default"]; has {
		features = append([]string{"default"}, features...)
	}
	var texts []string
	for _, f := range features {
		if n := costs[f]; n > 0 {
			f += fmt.Sprintf(" (%s)", plural(n, "crate"))
		}
		texts = append(texts, f)
	}
	return texts
}

// costs are the crates that features of one kind of dependency bring in, the most
// where several entries ask them.
func (u reportRuntime) costs(kind string) map[string]int {
	costs := map[string]int{}
	for _, c := range u.Costs {
		if c.Kind == kind {
			costs[c.Feature] = max(costs[c.Feature], c.Crates)
		}
	}
	return costs
}

func driverText(d jsonDriver) string {
	text := arrows(d.Path)
	if len(d.Asks) > 0 {
		text += " asks " + strings.Join(d.Asks, ", ")
	}
	if d.Dev {
		text += " (tests only)"
	}
	return text
}

func goneText(gone reportGone) string {
	text := fmt.Sprintf("%s is %s: %s", gone.Package, gone.Is, gone.Reason)
	if gone.Advisory != "" {
		text += " (" + gone.Advisory + ")"
	}
	return text
}

// arrows writes a way through the graph.
func arrows(path []string) string { return strings.Join(path, " → ") }
