"""Writes a dump in the shape of DBLP V12 for timing imports, with nothing of Grove's in it.

    python3 make_v12.py 200000 dump.json

Records average about 1.8 kB: three authors (half with an organization), nine fields, ten references to earlier papers,
a venue, an abstract as an inverted index. Ids are integers; author ids pass 2^31.
"""

import random
import sys


def main(count, path):
    rng = random.Random(7)
    words = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 11))) for _ in range(4000)]
    fields = [f"{rng.choice(words).title()} {rng.choice(words)} {i}" for i in range(20000)]
    orgs = [f"Department of {rng.choice(words).title()}, University of {rng.choice(words).title()} {i}" for i in range(8000)]
    names = [f"{rng.choice(words).title()} {rng.choice(words).title()}" for _ in range(50000)]
    venues = [(1100000000 + 7919 * i, f"International Conference on {rng.choice(words).title()} {i}") for i in range(4000)]
    # Abstracts are the bulk of a record and matter little to the graph: a few hundred of them, made once.
    abstracts = []
    for _ in range(400):
        length = rng.randint(20, 70)
        index = {}
        for place in range(length):
            index.setdefault(rng.choice(words), []).append(place)
        body = ",".join(f'"{word}":{places}'.replace(" ", "") for word, places in index.items())
        abstracts.append(f'{{"IndexLength":{length},"InvertedIndex":{{{body}}}}}')
    authors = max(count, 10)
    uniform = rng.random
    with open(path, "w", buffering=1 << 20) as out:
        out.write("[\r\n")
        for i in range(count):
            people = []
            for _ in range(3):
                number = int(authors * uniform() ** 1.5)
                org = f'"org":"{orgs[number % 8000]}",' if number & 1 else ""
                people.append(f'{{"name":"{names[number % 50000]}",{org}"id":{2000000000 + 13 * number}}}')
            topics = ",".join(
                f'{{"name":"{fields[int(20000 * uniform() ** 3)]}","w":{uniform() * 0.8:.5f}}}' for _ in range(9)
            )
            references = ",".join(str(10 + 3 * int(i * uniform() ** 0.5)) for _ in range(10 if i else 0))
            venue_id, venue = venues[int(4000 * uniform() ** 2)]
            title = " ".join(words[int(4000 * uniform())] for _ in range(9))
            out.write(
                f'{"," if i else ""}{{"id":{10 + 3 * i},"authors":[{",".join(people)}],"title":"{title}",'
                f'"year":{1960 + 60 * i // count},"n_citation":{i % 50},"page_start":"1","page_end":"9",'
                f'"doc_type":"Conference","publisher":"Springer","volume":"","issue":"","doi":"10.1000/{i}",'
                f'"references":[{references}],"indexed_abstract":{abstracts[i % 400]},"fos":[{topics}],'
                f'"venue":{{"raw":"{venue}","id":{venue_id},"type":"C"}}}}\r\n'
            )
        out.write("]\r\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
