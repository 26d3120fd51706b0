package main

import (
	"cmp"
	"slices"
)

// layout places the nodes of a picture in columns from left to right, so that every
// edge leads to the right and none crosses a node: where an edge passes a column, it
// has a place of its own there.
type layout struct {
	width, height float64
	boxes         []box // those of the picture's nodes first, then the places of edges
	columns       [][]int
	wires         []wire
}

// box is a rectangle by its left side and its middle.
type box struct {
	x, y, w, h  float64
	column      int
	left, right []int // boxes
}

// wire is the part of some edges between two neighbouring columns. All edges that
// lead to one node share what they can.
type wire struct {
	from, to int   // boxes
	sources  []int // nodes
	target   int   // a node
}

// The distances between boxes.
const (
	columnGap = 88
	boxGap    = 14
	wireGap   = 10
	margin    = 12
)

// place lays out nodes of the given sizes with edges that have no circle; last tells
// which nodes go to the right end.
func place(sizes [][2]float64, edges [][]int, last func(node int) bool) *layout {
	l := &layout{boxes: make([]box, len(sizes))}
	for i, s := range sizes {
		l.boxes[i].w, l.boxes[i].h = s[0], s[1]
	}
	l.assignColumns(edges, last)
	l.route(edges)
	l.order()
	l.settle()
	return l
}

// assignColumns puts each node right of all that lead to it.
func (l *layout) assignColumns(edges [][]int, last func(node int) bool) {
	// Each round settles the nodes that are one edge further away.
	for range l.boxes {
		moved := false
		for from, tos := range edges {
			for _, to := range tos {
				if c := l.boxes[from].column + 1; l.boxes[to].column < c {
					l.boxes[to].column, moved = c, true
				}
			}
		}
		if !moved {
			break
		}
	}
	end := 0
	for _, b := range l.boxes {
		end = max(end, b.column)
	}
	for i := range l.boxes {
		if last(i) && len(edges[i]) == 0 {
			l.boxes[i].column = end
		}
	}
	l.columns = make([][]int, end+1)
	for i, b := range l.boxes {
		l.columns[b.column] = append(l.columns[b.column], i)
	}
}

// route gives the edges to each node places in the columns that they pass.
func (l *layout) route(edges [][]int) {
	type passage struct{ column, target int }
	passages := map[passage]int{}
	wires := map[[2]int]int{}
	for source, targets := range edges {
		for _, target := range targets {
			at := source
			for c := l.boxes[source].column + 1; c <= l.boxes[target].column; c++ {
				next := target
				if c < l.boxes[target].column {
					known := false
					if next, known = passages[passage{c, target}]; !known {
						next = len(l.boxes)
						passages[passage{c, target}] = next
						l.boxes = append(l.boxes, box{column: c})
						l.columns[c] = append(l.columns[c], next)
					}
				}
				i, known := wires[[2]int{at, next}]
				if !known {
					i = len(l.wires)
					wires[[2]int{at, next}] = i
					l.wires = append(l.wires, wire{from: at, to: next, target: target})
					l.boxes[at].right = append(l.boxes[at].right, next)
					l.boxes[next].left = append(l.boxes[next].left, at)
				}
				l.wires[i].sources = append(l.wires[i].sources, source)
				at = next
			}
		}
	}
}

// order sorts each column by the middle of the neighbours, to and fro, and keeps the
// order with the fewest crossings.
func (l *layout) order() {
	const rounds = 24
	best, least := l.copyColumns(), l.crossings()
	for round := range rounds {
		rank := make([]float64, len(l.boxes))
		for _, column := range l.columns {
			for i, b := range column {
				rank[b] = float64(i)
			}
		}
		for k := range l.columns {
			c, neighbours := k, func(b box) []int { return b.left }
			if round%2 == 1 {
				c, neighbours = len(l.columns)-1-k, func(b box) []int { return b.right }
			}
			middle := map[int]float64{}
			for _, b := range l.columns[c] {
				middle[b] = mean(rank, neighbours(l.boxes[b]), rank[b])
			}
			slices.SortStableFunc(l.columns[c], func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
			for i, b := range l.columns[c] {
				rank[b] = float64(i)
			}
		}
		if n := l.crossings(); n < least {
			best, least = l.copyColumns(), n
		}
	}
	l.columns = best
}

func (l *layout) copyColumns() [][]int {
	columns := make([][]int, len(l.columns))
	for i, c := range l.columns {
		columns[i] = slices.Clone(c)
	}
	return columns
}

// crossings counts the pairs of edges that cross between neighbouring columns.
func (l *layout) crossings() int {
	rank := make([]int, len(l.boxes))
	for _, column := range l.columns {
		for i, b := range column {
			rank[b] = i
		}
	}
	n := 0
	for _, column := range l.columns {
		var ends []int // of the edges, in the order of where they start
		for _, b := range column {
			next := []int{}
			for _, to := range l.boxes[b].right {
				next = append(next, rank[to])
			}
			slices.Sort(next)
			for _, to := range next {
				for _, end := range ends {
					if end > to {
						n++
					}
				}
			}
			ends = append(ends, next...)
		}
	}
	return n
}

func mean(values []float64, of []int, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, i := range of {
		sum += values[i]
	}
	return sum / float64(len(of))
}

// settle gives each box its place: as near to the middle of its neighbours as the
// order of its column allows.
func (l *layout) settle() {
	x := float64(margin)
	for _, column := range l.columns {
		widest := 0.0
		for _, b := range column {
			widest = max(widest, l.boxes[b].w)
		}
		for _, b := range column {
			l.boxes[b].x = x
			l.boxes[b].w = widest
		}
		x += widest + columnGap
	}
	l.width = x - columnGap + margin
	for _, column := range l.columns {
		y := 0.0
		for i, b := range column {
			if i > 0 {
				y += l.apart(column[i-1], b)
			}
			l.boxes[b].y = y
		}
	}
	const rounds = 40
	y := make([]float64, len(l.boxes))
	for round := range rounds {
		for k := range l.columns {
			c := k
			if round%2 == 1 {
				c = len(l.columns) - 1 - k
			}
			for i, b := range l.boxes {
				y[i] = b.y
			}
			column := l.columns[c]
			wanted := make([]float64, len(column))
			for i, b := range column {
				wanted[i] = mean(y, slices.Concat(l.boxes[b].left, l.boxes[b].right), y[b])
			}
			l.fit(column, wanted)
		}
	}
	top, bottom := 0.0, 0.0
	for i, b := range l.boxes {
		if i == 0 || b.y-b.h/2 < top {
			top = b.y - b.h/2
		}
		if i == 0 || b.y+b.h/2 > bottom {
			bottom = b.y + b.h/2
		}
	}
	for i := range l.boxes {
		l.boxes[i].y += margin - top
	}
	l.height = bottom - top + 2*margin
}

// apart is the least distance between the middles of two boxes, one below the other.
func (l *layout) apart(above, below int) float64 {
	gap := float64(boxGap)
	if l.boxes[above].h == 0 && l.boxes[below].h == 0 {
		gap = wireGap
	}
	return (l.boxes[above].h+l.boxes[below].h)/2 + gap
}

// fit moves the boxes of a column to where they are wanted, as near as the distances
// between them allow: those that would be too close form a block around the middle
// of their wishes.
func (l *layout) fit(column []int, wanted []float64) {
	type block struct {
		sum, weight float64
		boxes       int
	}
	offset := make([]float64, len(column)) // from the first box, when all are close
	var blocks []block
	for i, b := range column {
		if i > 0 {
			offset[i] = offset[i-1] + l.apart(column[i-1], b)
		}
		weight := 1.0
		if l.boxes[b].h == 0 { // an edge that bends is worse than a node beside the middle
			weight = 4
		}
		blocks = append(blocks, block{weight * (wanted[i] - offset[i]), weight, 1})
		for n := len(blocks) - 1; n > 0 && blocks[n-1].sum/blocks[n-1].weight > blocks[n].sum/blocks[n].weight; n-- {
			blocks[n-1].sum += blocks[n].sum
			blocks[n-1].weight += blocks[n].weight
			blocks[n-1].boxes += blocks[n].boxes
			blocks = blocks[:n]
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.boxes {
			l.boxes[column[i]].y = b.sum/b.weight + offset[i]
			i++
		}
	}
}
