"""Small sound inputs for the fuzzers to begin with: usage: seeds.py GROVE FOLDER, by a Python with numpy and scipy.

Folder ENTRY of FOLDER gets them. Records, text and tables are synthetic dumps of a few papers.
"""
import collections, gzip, io, lzma, os, pickle, subprocess, sys, tarfile, tempfile, zipfile

import numpy
import scipy.sparse

TABLES = ["Papers.txt", "PaperAuthorAffiliations.txt", "PaperReferences.txt", "Authors.txt", "FieldsOfStudy.txt",
          "PaperFieldsOfStudy.txt", "FieldOfStudyChildren.txt", "PaperAbstractsInvertedIndex.txt.1",
          "AMiner-Author2Paper.txt", "merged.csv"]  # in the order of FormatFuzzing.tables
MOST = 60_000


def main():
    grove, folder = sys.argv[1:]

    def save(entry, name, data):
        os.makedirs(os.path.join(folder, entry), exist_ok=True)
        with open(os.path.join(folder, entry, f"seed-{name}"), "wb") as file:
            file.write(data[:MOST])

    with tempfile.TemporaryDirectory() as scratch:
        for dialect in ["oag-v1", "oag-v2", "oag-v3", "dblp-text", "dblp-text-b", "dblp-v10", "dblp-v11", "dblp-v12",
                        "dblp-v13", "dblp-v14", "dblp-v16", "mag", "openalex", "s2orc"]:
            dump = os.path.join(scratch, dialect)
            subprocess.run([grove, "data", "make", "oag", "--papers", "5", "--format", dialect, "--into", dump],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for place, _, names in os.walk(dump):
                for name in names:
                    if name in ("labels.tsv", "planted.json"):
                        continue
                    data = open(os.path.join(place, name), "rb").read()
                    data = gzip.decompress(data) if name.endswith(".gz") else data
                    plain = name.removesuffix(".gz")
                    if plain in TABLES:
                        save("tables", f"{dialect}-{plain}", bytes([TABLES.index(plain)]) + data)
                    elif dialect.startswith("dblp-text"):
                        save("text", f"{dialect}-{plain}", data)
                    elif plain.endswith((".json", ".jsonl", ".txt")):
                        save("records", f"{dialect}-{plain}", data)
    save("tables", "merged", bytes([9]) + b"merge_date,id,merge_into_id\n2023-01-01,W1,W2\n2023-01-01,W3,W2\n")
    record = b'{"id":"a","title":"t","references":["b"]}\n{"id":"b"}\n'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("papers.jsonl", record)
    save("archive", "zip", held.getvalue())
    for mode in ("w", "w:gz", "w:xz", "w:bz2"):
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode=mode) as archive:
            about = tarfile.TarInfo("d/papers.jsonl")
            about.size = len(record)
            archive.addfile(about, io.BytesIO(record))
        save("archive", "tar" + mode[2:], held.getvalue())
    save("archive", "gz", gzip.compress(record))
    save("archive", "xz", lzma.compress(record))
    rows = scipy.sparse.csr_matrix(numpy.eye(3, dtype=numpy.float32))
    for protocol in (0, 1, 2):
        save("pickle", f"rows-{protocol}", pickle.dumps(rows, protocol))
        save("pickle", f"array-{protocol}", pickle.dumps(numpy.arange(6, dtype=numpy.int32).reshape(2, 3), protocol))
        graph = collections.defaultdict(list, {0: [1, 2], 1: [0], 2: [0, 0]})
        save("planetoid-graph", f"graph-{protocol}", pickle.dumps(graph, protocol))
    parts = [b"0\ta\t0\t1.0,0.0\n1\tb\t1\t0.5\n2\tc\t0\t1.0,1.0\n", b"0\t1\t0\t1.0\n2\t1\t0\t1.0\n1\t0\t1\t1.0\n",
             b"0\ta\t0\t0\n", b"2\tc\t0\t1\n",
             b'{"node.dat":{"node type":{"0":"paper","1":"author"}},"link.dat":{"link type":{"0":{"start":"paper",'
             b'"end":"author","meaning":"writes"},"1":{"start":"author","end":"paper","meaning":"written"}}}}']
    save("hgb", "graph", b"\0".join(parts))
    for kind in ("pattern symmetric", "real general", "integer general"):
        entry = b"2 1\n3 2\n" if kind.startswith("pattern") else b"2 1 1\n3 2 4\n"
        save("matrix-market", kind.replace(" ", "-"),
             f"%%MatrixMarket matrix coordinate {kind}\n% seed\n3 3 2\n".encode() + entry)
    save("graphml", "graph", b"""<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="d0" for="node" attr.name="label" attr.type="string"/>
<key id="d1" for="edge" attr.name="weight" attr.type="double"/><graph id="G" edgedefault="undirected">
<node id="n0"><data key="d0">a &amp; b</data></node><node id="n1"/><edge source="n0" target="n1"><data key="d1">1.5</data>
</edge></graph></graphml>""")
    save("node-link", "graph", b'{"directed":false,"multigraph":false,"graph":{},"nodes":[{"id":0,"label":"a","x":[1,2]},'
         b'{"id":"b"}],"links":[{"source":0,"target":"b","weight":2.5}]}')


main()
