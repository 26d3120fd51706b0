module reactorls

go 1.26
