module lucid/lab/mongo

go 1.25
