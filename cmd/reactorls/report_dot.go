package main

import (
	"fmt"
	"io"
	"strings"
)

// dotColours are those of the reactors, in the order of the picture.
var dotColours = []string{"#2563eb", "#c2410c", "#0f766e", "#7c3aed", "#be185d", "#4d7c0f", "#a16207", "#475569"}

// dotNeutral is the colour of what leads to several reactors.
const dotNeutral = "#64748b"

// writeReportDOT draws the picture in the language of Graphviz.
func writeReportDOT(out io.Writer, r *report) error {
	var b strings.Builder
	b.WriteString("digraph runtimes {\n\trankdir=LR;\n\tnode [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"monospace\", fontsize=11];\n\tedge [arrowsize=0.6];\n")
	var ends []string
	for i, n := range r.picture.nodes {
		name := fmt.Sprintf("n%d", i)
		attributes := []string{"label=" + dotQuoted(strings.Join(n.packages, "\n"))}
		if n.reactor >= 0 {
			colour := dotQuoted(dotColours[n.reactor%len(dotColours)])
			attributes = append(attributes, "fillcolor="+colour, "color="+colour, "fontcolor=white")
			if len(n.edges) == 0 {
				ends = append(ends, name)
			}
		}
		if n.member {
			attributes = append(attributes, "penwidth=2")
		}
		if n.gone {
			attributes = append(attributes, `color="#b91c1c"`, `tooltip="no longer maintained"`)
		}
		if n.dev {
			attributes = append(attributes, `style="rounded,filled,dashed"`)
		}
		fmt.Fprintf(&b, "\t%s [%s];\n", name, strings.Join(attributes, ", "))
	}
	if len(ends) > 0 {
		fmt.Fprintf(&b, "\t{ rank=sink; %s; }\n", strings.Join(ends, "; "))
	}
	for i, n := range r.picture.nodes {
		for _, to := range n.edges {
			style := "solid"
			if n.tests[to] {
				style = "dashed"
			}
			colour := dotNeutral
			if leads := r.picture.nodes[to].leads; len(leads) == 1 {
				colour = dotColours[leads[0]%len(dotColours)]
			}
			fmt.Fprintf(&b, "\tn%d -> n%d [color=%s, style=%s];\n", i, to, dotQuoted(colour), style)
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// dotQuoted is a string of Graphviz; its own escapes, such as \N, mean nothing here.
func dotQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
