package diagnostics

import (
	"fmt"
	"strings"

	"reactorls/engine/runtimes"
)

// RuntimePage is what is known of a crate of the field, in markdown; "" when
// nothing is. The command line and editors show the same.
func RuntimePage(name string) string {
	r := runtimes.Known(name)
	if r == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n", r.Name, strings.TrimSuffix(r.About, "."))
	for _, s := range r.Statuses {
		versions := ""
		if s.Versions != "" {
			versions = " " + s.Versions
		}
		fmt.Fprintf(&b, "\n**%s%s is %s**: %s", r.Name, versions, s.Is, s.Reason)
		if len(s.Successors) > 0 {
			fmt.Fprintf(&b, "; use %s", strings.Join(s.Successors, " or "))
		}
		if len(s.Advisories) > 0 {
			fmt.Fprintf(&b, " (%s)", strings.Join(s.Advisories, ", "))
		}
		fmt.Fprintf(&b, ". Source: %s.\n", s.Source)
	}
	b.WriteString("\n")
	row := func(what, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- %s: %s\n", what, value)
		}
	}
	row("kind", r.Kind)
	row("latest release", strings.TrimSpace(r.Latest+" "+r.Released))
	row("Rust version", r.Rust)
	row("licence", r.Licence)
	row("repository", r.Repository)
	row("documentation", r.DocsURL())
	if cards := runtimes.CardsOf(name); len(cards) > 0 {
		c := runtimes.Compare(cards...)
		fmt.Fprintf(&b, "\n%s\nRead: %s.\n", c.Markdown(), strings.Join(c.Read(), "; "))
	}
	return b.String()
}

// maxListed bounds how many items a feature's page lists.
const maxListed = 40

// FeaturePage says what a feature of a crate gates, in markdown, for the newest
// version that is known; "" when there is no such feature.
func FeaturePage(crate, feature string) string {
	c := runtimes.Lookup(crate)
	if c == nil {
		return ""
	}
	return FeatureText(c.At(""), crate, feature)
}

// FeatureText is FeaturePage for one version.
func FeatureText(k *runtimes.Knowledge, crate, feature string) string {
	if !k.Has(feature) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s/%s\n\nA feature of %s %s.\n", crate, feature, crate, k.Version)
	if on := k.Implies(feature); len(on) > 0 {
		fmt.Fprintf(&b, "\nTurns on: %s.\n", quoted(on))
	}
	gated := k.GatedBy(feature)
	switch {
	case len(gated) == 0 && k.Gateless(feature):
		b.WriteString("\nIt gates no item: it changes how the crate behaves, so no source can tell whether it is used.\n")
	case len(gated) > 0:
		fmt.Fprintf(&b, "\nItems that need it (%d):\n\n", len(gated))
		for _, path := range gated[:min(len(gated), maxListed)] {
			fmt.Fprintf(&b, "- `%s::%s`\n", strings.ReplaceAll(crate, "-", "_"), path)
		}
		if more := len(gated) - maxListed; more > 0 {
			fmt.Fprintf(&b, "- and %d more\n", more)
		}
	}
	fmt.Fprintf(&b, "\nDocumentation: https://docs.rs/%s/%s\n", crate, k.Version)
	return b.String()
}
