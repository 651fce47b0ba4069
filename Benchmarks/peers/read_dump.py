"""Reads a dump in the shape of DBLP V12 as a Python user would: usage: read_dump.py duckdb|orjson DUMP FOLDER

duckdb: `read_json` into tables of papers, citations, authorships and topics, with the columns that Grove keeps, in a
database file. orjson: the same rows by a loop over the lines, one parse each, into lists; nothing is written.
"""
import json, os, resource, sys, time


def read_duckdb(dump, folder):
    import duckdb
    path = os.path.join(folder, "dump.duckdb")
    if os.path.exists(path):
        os.remove(path)
    connection = duckdb.connect(path)
    connection.execute("SET threads = 2")
    connection.execute(
        """CREATE TABLE records AS SELECT * FROM read_json(?, format = 'array', maximum_object_size = 33554432, columns = {
             id: 'BIGINT', title: 'VARCHAR', year: 'INTEGER', n_citation: 'INTEGER', doi: 'VARCHAR', volume: 'VARCHAR',
             issue: 'VARCHAR', "references": 'BIGINT[]', venue: 'STRUCT(id BIGINT, raw VARCHAR)',
             authors: 'STRUCT(id BIGINT, name VARCHAR, org VARCHAR)[]', fos: 'STRUCT(name VARCHAR, w FLOAT)[]',
             indexed_abstract: 'STRUCT(IndexLength INTEGER, InvertedIndex MAP(VARCHAR, INTEGER[]))'})""", [dump])
    connection.execute("""CREATE TABLE paper AS SELECT id, title, year, n_citation, doi, volume, issue, indexed_abstract,
                          venue.id AS venue, venue.raw AS venue_name FROM records""")
    connection.execute('CREATE TABLE cites AS SELECT id, unnest("references") AS target FROM records')
    connection.execute("""CREATE TABLE writes AS SELECT id, a.id AS author, a.name AS name, a.org AS org
                          FROM (SELECT id, unnest(authors) AS a FROM records)""")
    connection.execute("CREATE TABLE has_topic AS SELECT id, f.name AS field, f.w AS w FROM (SELECT id, unnest(fos) AS f FROM records)")
    connection.execute("DROP TABLE records")
    counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("paper", "cites")]
    connection.close()
    return counts


def read_orjson(dump, folder):
    import orjson
    papers, cites, writes, topics = [], [], [], []
    with open(dump, "rb") as file:
        for line in file:
            line = line.strip().lstrip(b",")
            if len(line) <= 2:
                continue
            record = orjson.loads(line)
            number = record["id"]
            venue = record.get("venue") or {}
            abstract = record.get("indexed_abstract")
            if abstract:
                words = [""] * abstract["IndexLength"]
                for word, places in abstract["InvertedIndex"].items():
                    for place in places:
                        words[place] = word
                abstract = " ".join(filter(None, words))
            papers.append((number, record.get("title"), record.get("year"), record.get("n_citation"), record.get("doi"),
                           record.get("volume"), record.get("issue"), abstract, venue.get("id"), venue.get("raw")))
            cites += [(number, target) for target in record.get("references", ())]
            writes += [(number, a.get("id"), a.get("name"), a.get("org")) for a in record.get("authors", ())]
            topics += [(number, f.get("name"), f.get("w")) for f in record.get("fos", ())]
    return len(papers), len(cites)


def main():
    kind, dump, folder = sys.argv[1:]
    start = time.monotonic()
    papers, cites = {"duckdb": read_duckdb, "orjson": read_orjson}[kind](dump, folder)
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(seconds=seconds, papers=papers, cites=cites, mebibytes=memory)))


main()
