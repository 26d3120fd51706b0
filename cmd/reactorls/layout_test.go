package main

import (
	"math/rand/v2"
	"testing"
)

// TestPlace lays out graphs of all sizes: edges lead to the right, and nothing is
// drawn over anything else.
func TestPlace(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		n := 1 + random.IntN(80)
		sizes, edges := make([][2]float64, n), make([][]int, n)
		for i := range n {
			sizes[i] = [2]float64{float64(40 + random.IntN(200)), float64(29 + 17*random.IntN(8))}
			for to := i + 1; to < n; to++ {
				if random.IntN(n) < 2 {
					edges[i] = append(edges[i], to)
				}
			}
		}
		l := place(sizes, edges, func(node int) bool { return node > n-4 })
		for source, targets := range edges {
			for _, target := range targets {
				if l.boxes[source].column >= l.boxes[target].column {
					t.Fatalf("seed %d: the edge %d → %d does not lead to the right", seed, source, target)
				}
			}
		}
		for _, w := range l.wires {
			if from, to := l.boxes[w.from], l.boxes[w.to]; from.column+1 != to.column || from.x+from.w >= to.x {
				t.Fatalf("seed %d: a wire does not lead to the next column", seed)
			}
		}
		for _, column := range l.columns {
			for i, b := range column {
				box := l.boxes[b]
				if i > 0 && box.y-l.boxes[column[i-1]].y < l.apart(column[i-1], b)-1e-6 {
					t.Fatalf("seed %d: two boxes are too close", seed)
				}
				if box.x < 0 || box.y-box.h/2 < 0 || box.x+box.w > l.width || box.y+box.h/2 > l.height {
					t.Fatalf("seed %d: a box is outside", seed)
				}
			}
		}
	}
}
