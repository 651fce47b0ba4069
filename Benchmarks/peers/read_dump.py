"""Reads a dump in the shape of DBLP V12 as a Python user would: usage: read_dump.py duckdb|orjson|graph DUMP FOLDER

duckdb: `read_json` into tables of papers, citations, authorships and topics, with the columns that Grove keeps, in a
database file. orjson: the same rows by a loop over the lines, one parse each, into lists; nothing is written. graph:
the same loop, but it leaves what an import leaves: numbers for ids, one name a node, compressed rows of each relation
without repeated edges in .npy files, texts in SQLite.
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


def records(dump):
    """Each record of a dump, a line each, and its abstract put together again."""
    import orjson
    with open(dump, "rb") as file:
        for line in file:
            line = line.strip().lstrip(b",")
            if len(line) <= 2:
                continue
            record = orjson.loads(line)
            abstract = record.get("indexed_abstract")
            if abstract:
                words = [""] * abstract["IndexLength"]
                for word, places in abstract["InvertedIndex"].items():
                    for place in places:
                        words[place] = word
                abstract = " ".join(filter(None, words))
            yield record, abstract


def read_orjson(dump, folder):
    papers, cites, writes, topics = [], [], [], []
    for record, abstract in records(dump):
        number = record["id"]
        venue = record.get("venue") or {}
        papers.append((number, record.get("title"), record.get("year"), record.get("n_citation"), record.get("doi"),
                       record.get("volume"), record.get("issue"), abstract, venue.get("id"), venue.get("raw")))
        cites += [(number, target) for target in record.get("references", ())]
        writes += [(number, a.get("id"), a.get("name"), a.get("org")) for a in record.get("authors", ())]
        topics += [(number, f.get("name"), f.get("w")) for f in record.get("fos", ())]
    return len(papers), len(cites)


def compressed(rows, columns, count, details, keep):
    """Offsets, columns and details of a relation without repeated edges; of those the first by `keep` stays."""
    import numpy
    order = numpy.lexsort((keep, columns, rows))
    rows, columns, details = rows[order], columns[order], details[order]
    new = numpy.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    rows, columns, details = rows[new], columns[new], details[new]
    return numpy.concatenate(([0], numpy.cumsum(numpy.bincount(rows, minlength=count)))), columns, details


def read_graph(dump, folder):
    import array, sqlite3
    import numpy
    path = os.path.join(folder, "texts.sqlite")
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE paper(number INTEGER PRIMARY KEY, id, title, abstract, year, n_citation, doi, volume, issue)")
    database.execute("BEGIN")
    numbers = {}
    nodes = {kind: ({}, []) for kind in ("author", "affiliation", "venue", "field")}

    def node(kind, key, name):
        known, names = nodes[kind]
        number = known.setdefault(key, len(names))
        if number == len(names):
            names.append(name)
        elif name and (len(name) > len(names[number] or "") or len(name) == len(names[number]) and name < names[number]):
            names[number] = name
        return number

    sources, targets = array.array("q"), array.array("q")
    writers, written, places = array.array("q"), array.array("q"), array.array("q")
    members, homes, since = array.array("q"), array.array("q"), array.array("q")
    published, venues = array.array("q"), array.array("q")
    topical, fields, weights = array.array("q"), array.array("q"), array.array("f")
    rows = []
    for record, abstract in records(dump):
        if record["id"] in numbers:
            continue
        number = numbers[record["id"]] = len(numbers)
        year = record.get("year") or 0
        rows.append((number, record["id"], record.get("title"), abstract or None, year or None,
                     record.get("n_citation"), record.get("doi"), record.get("volume"), record.get("issue")))
        if len(rows) == 10_000:
            database.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            rows = []
        references = set(record.get("references", ())) - {record["id"]}
        targets.extend(references)
        sources.extend([number] * len(references))
        for place, author in enumerate(record.get("authors", ())):
            if author.get("id") is None:
                continue
            person = node("author", author["id"], author.get("name"))
            writers.append(person)
            written.append(number)
            places.append(place)
            name = author.get("org")
            if name:
                members.append(person)
                homes.append(node("affiliation", " ".join(name.split()).lower(), name))
                since.append(year)
        venue = record.get("venue") or {}
        if venue.get("id") is not None:
            published.append(number)
            venues.append(node("venue", venue["id"], venue.get("raw")))
        for field in record.get("fos", ()):
            topical.append(number)
            fields.append(node("field", field["name"], field["name"]))
            weights.append(field.get("w", 1))
    database.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    for kind, (known, names) in nodes.items():
        database.execute(f"CREATE TABLE {kind}(number INTEGER PRIMARY KEY, id, name)")
        database.executemany(f"INSERT INTO {kind} VALUES (?, ?, ?)", zip(range(len(names)), known, names))
    database.execute("COMMIT")
    database.close()
    whole = lambda values: numpy.frombuffer(values, numpy.int64)
    found = numpy.fromiter((numbers.get(target, -1) for target in targets), numpy.int64, len(targets))
    there = found >= 0
    sources, found = whole(sources)[there], found[there]
    weights = numpy.frombuffer(weights, numpy.float32)
    count = {kind: len(names) for kind, (_, names) in nodes.items()}
    relations = dict(
        cites=compressed(sources, found, len(numbers), found, found),
        writes=compressed(whole(writers), whole(written), count["author"], whole(places), whole(places)),
        affiliated_with=compressed(whole(members), whole(homes), count["author"], whole(since), whole(since)),
        published_in=compressed(whole(published), whole(venues), len(numbers), whole(venues), whole(venues)),
        has_topic=compressed(whole(topical), whole(fields), len(numbers), weights, -weights))
    for name, parts in relations.items():
        for part, values in zip(("offsets", "columns", "details"), parts):
            numpy.save(os.path.join(folder, f"{name}.{part}.npy"), values)
    return dict(
        papers=len(numbers), nodes=dict(paper=len(numbers), **count),
        edges={name: len(columns) for name, (_, columns, _) in relations.items()})


def main():
    kind, dump, folder = sys.argv[1:]
    start = time.monotonic()
    read = {"duckdb": read_duckdb, "orjson": read_orjson, "graph": read_graph}[kind](dump, folder)
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if not isinstance(read, dict):
        read = dict(papers=read[0], cites=read[1])
    print(json.dumps(dict(seconds=seconds, mebibytes=memory, **read)))


main()
