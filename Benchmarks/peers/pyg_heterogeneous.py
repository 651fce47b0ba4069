"""Heterogeneous node classifiers of PyTorch Geometric, to compare those of Grove with.

usage: pyg_heterogeneous.py FOLDER MODEL [--split published_60] [--runs 5] [--metric loss] [--other learned]

Every model has a dense layer for each node type; nodes of a type without features are a column each (or learn 64 numbers
each), and the best epoch is that of the best accuracy on validation nodes, of equals that of the smaller loss, or of the
smallest loss. Features are taken as they are. Simple-HGN, which the library lacks, is written out here.
"""
import argparse
import glob
import json
import os

import numpy as np
import scipy.sparse as sp
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, f1_score
from torch import nn
from torch_geometric.nn import GATConv, HANConv, HeteroConv, HGTConv, RGCNConv, SAGEConv
from torch_geometric.utils import softmax

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("model", choices=["rgcn", "han", "hgt", "simple-hgn", "hetero-sage", "hetero-gat"])
parser.add_argument("--split", default="published_60")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--layers", type=int, default=2)
parser.add_argument("--heads", type=int, default=8)
parser.add_argument("--dropout", type=float, default=0.5)
parser.add_argument("--lr", type=float, default=0.005)
parser.add_argument("--decay", type=float, default=5e-4)
parser.add_argument("--epochs", type=int, default=200)
parser.add_argument("--patience", type=int, default=100)
parser.add_argument("--metric", choices=["accuracy", "loss"], default="accuracy")
parser.add_argument("--other", choices=["one-hot", "learned"], default="one-hot")
parser.add_argument("--through", nargs="*", help="types in the middle of the meta-paths of han; all without it")
options = parser.parse_args()
torch.set_num_threads(1)


def read():
    """Features, node counts, edges with reverses, labels and the split."""
    folder = options.folder
    pairs = {}
    for path in sorted(glob.glob(f"{folder}/edges_*.npy")):
        words = os.path.basename(path)[6:-4].split("_")
        pairs[words[0], "_".join(words), words[-1]] = torch.tensor(np.load(path).astype("i8"))
    edges = dict(pairs)
    for (source, name, target), index in pairs.items():
        edges[target, "rev_" + name, source] = index.flip(0)
    labels_path = glob.glob(f"{folder}/labels_*.npy")[0]
    target = os.path.basename(labels_path)[7:-4]
    labels = torch.tensor(np.load(labels_path).astype("i8"))
    features, counts = {}, {}
    for kind in sorted({k[0] for k in edges} | {k[2] for k in edges}):
        path = f"{folder}/features_{kind}.npz"
        if os.path.exists(path):
            z = np.load(path)
            x = sp.csr_matrix((z["data"].astype("f4"), z["indices"], z["indptr"]), shape=tuple(z["shape"])).toarray()
            x = torch.tensor(x)
            features[kind] = x
            counts[kind] = len(x)
        else:
            ends = [index[0] for k, index in edges.items() if k[0] == kind]
            counts[kind] = len(labels) if kind == target else int(torch.cat(ends).max()) + 1
    split = json.load(open(f"{folder}/splits/{options.split}.json"))
    return features, counts, edges, labels, target, [torch.tensor(split[part]) for part in ("train", "val", "test")]


features, counts, edges, labels, target, (train, validation, test) = read()
kinds = sorted(counts)
classes = int(labels.max()) + 1


def metapaths():
    """Both steps of each path from the labeled type over another one and back, as one relation."""
    result = {}
    for (source, name, middle), index in edges.items():
        if source != target or (options.through and middle not in options.through):
            continue
        for (start, back, end), other in edges.items():
            if start == middle and end == target:
                a = sp.csr_matrix((np.ones(index.size(1)), index.numpy()), shape=(counts[source], counts[middle]))
                b = sp.csr_matrix((np.ones(other.size(1)), other.numpy()), shape=(counts[middle], counts[target]))
                product = (a @ b).tocoo()
                result[target, f"{name}_then_{back}", target] = torch.tensor(np.stack([product.row, product.col])).long()
    return result


class SimpleHGN(nn.Module):
    """Lv and others 2021: attention with a learned row a relation, mixed with that of the layer before."""

    def __init__(self, width, part, relations, heads, relation_width, beta=0.05):
        super().__init__()
        self.heads, self.part, self.beta = heads, part, beta
        self.weight = nn.Linear(width, heads * part, bias=False)
        self.rows = nn.Embedding(relations, relation_width)
        self.relation = nn.Linear(relation_width, heads * relation_width, bias=False)
        self.left, self.right = (nn.Parameter(torch.empty(1, heads, self.part)) for _ in range(2))
        self.edge = nn.Parameter(torch.empty(1, heads, relation_width))
        self.residual = nn.Identity() if width == heads * part else nn.Linear(width, heads * part, bias=False)
        for p in (self.weight.weight, self.relation.weight, *self.residual.parameters(), self.left, self.right, self.edge):
            nn.init.xavier_normal_(p, gain=1.414)

    def forward(self, x, index, kind, before):
        h = self.weight(x).view(-1, self.heads, self.part)
        r = self.relation(self.rows.weight).view(-1, self.heads, self.edge.size(2))
        score = (h * self.left).sum(-1)[index[0]] + (h * self.right).sum(-1)[index[1]] + (r * self.edge).sum(-1)[kind]
        weight = softmax(F.leaky_relu(score, 0.05), index[1], num_nodes=len(x))
        if before is not None:
            weight = (1 - self.beta) * weight + self.beta * before
        dropped = F.dropout(weight, options.dropout, self.training)
        out = torch.zeros_like(h).index_add(0, index[1], h[index[0]] * dropped.unsqueeze(-1))
        return out.flatten(1) + self.residual(x), weight


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        width, heads, layers = options.hidden, options.heads, options.layers
        isLearned = options.other == "learned"
        self.rows = nn.ParameterDict(
            {k: nn.Parameter(torch.randn(counts[k], 64)) for k in kinds if k not in features and isLearned})
        widths = {k: features[k].size(1) if k in features else 64 if isLearned else counts[k] for k in kinds}
        self.project = nn.ModuleDict({k: nn.Linear(widths[k], width) for k in kinds})
        self.edges = metapaths() if options.model == "han" else edges
        meta = (kinds, list(self.edges))
        relation = list(self.edges)

        def layer(number):
            if options.model == "rgcn":
                return RGCNConv(width, width, len(relation))
            if options.model == "han":
                return HANConv(width, width, meta, heads=heads, dropout=options.dropout)
            if options.model == "hgt":
                return HGTConv(width, width, meta, heads=heads)
            if options.model == "simple-hgn":
                last = number == layers - 1
                return SimpleHGN(
                    width if number == 0 else width * heads, classes if last else width, len(relation) + 1,
                    1 if last else heads, width)
            if options.model == "hetero-sage":
                return HeteroConv({k: SAGEConv((width, width), width) for k in relation}, aggr="sum")
            return HeteroConv({
                k: GATConv((width, width), width // heads, heads, dropout=options.dropout, add_self_loops=False)
                for k in relation}, aggr="sum")

        self.layers = nn.ModuleList([layer(number) for number in range(layers)])
        self.head = nn.Linear(width, classes)
        starts, total = {}, 0
        for k in kinds:
            starts[k], total = total, total + counts[k]
        if options.model in ("rgcn", "simple-hgn"):
            parts = [torch.stack([i[0] + starts[k[0]], i[1] + starts[k[2]]]) for k, i in self.edges.items()]
            numbers = [torch.full((p.size(1),), n) for n, p in enumerate(parts)]
            if options.model == "simple-hgn":
                parts.append(torch.arange(total).repeat(2, 1))
                numbers.append(torch.full((total,), len(relation)))
            self.index, self.kind = torch.cat(parts, 1), torch.cat(numbers)
        self.starts = starts

    def forward(self):
        def drop(x):
            return F.dropout(x, options.dropout, self.training)

        def first(k):
            """The dense layer of a type; a column a node picks a row of its weight. Simple-HGN drops nothing here."""
            layer, start = self.project[k], (lambda x: x) if options.model == "simple-hgn" else drop
            if k in features:
                return layer(start(features[k]))
            if k in self.rows:
                return layer(start(self.rows[k]))
            return start(torch.ones(counts[k], 1)) * layer.weight.t() + layer.bias

        h = {k: first(k) for k in kinds}
        if options.model != "simple-hgn":
            h = {k: x.relu() for k, x in h.items()}
        start = self.starts[target]
        if options.model in ("rgcn", "simple-hgn"):
            x, weight = torch.cat([h[k] for k in kinds]), None
            for number, layer in enumerate(self.layers):
                if options.model == "rgcn":
                    x = layer(drop(x), self.index, self.kind).relu()
                else:
                    last = number == len(self.layers) - 1
                    x, weight = layer(drop(x), self.index, self.kind, None if last else weight)
                    x = x if last else F.elu(x)
            x = x[start : start + counts[target]]
            return F.normalize(x) if options.model == "simple-hgn" else self.head(drop(x))
        for layer in self.layers:
            made = layer({k: drop(x) for k, x in h.items()}, self.edges)
            h = {k: made[k] if made.get(k) is not None else h[k] for k in kinds}
            if options.model in ("hetero-sage", "hetero-gat"):
                h = {k: (x.relu() if options.model == "hetero-sage" else F.elu(x)) for k, x in h.items()}
        return self.head(drop(h[target]))


scores = {"macroF1": [], "accuracy": []}
for run in range(options.runs):
    torch.manual_seed(run)
    net = Net()
    rows = set(net.rows.values())
    optimizer = torch.optim.Adam([
        {"params": [p for p in net.parameters() if p not in rows], "weight_decay": options.decay},
        {"params": list(rows), "weight_decay": 0}], lr=options.lr)
    best, since = None, 0
    for epoch in range(options.epochs):
        net.train()
        optimizer.zero_grad()
        F.cross_entropy(net()[train], labels[train]).backward()
        optimizer.step()
        net.eval()
        with torch.no_grad():
            out = net()
        loss = F.cross_entropy(out[validation], labels[validation]).item()
        given = out.argmax(1)
        accuracy = accuracy_score(labels[validation], given[validation])
        key = (accuracy, -loss) if options.metric == "accuracy" else (-loss, accuracy)
        if best is None or key > best[0]:
            found = (f1_score(labels[test], given[test], average="macro"), accuracy_score(labels[test], given[test]))
            best, since = (key, found), 0
        else:
            since += 1
            if since >= options.patience:
                break
    scores["macroF1"].append(best[1][0])
    scores["accuracy"].append(best[1][1])
print(json.dumps({
    "model": options.model, "split": options.split, "runs": options.runs,
    **{k: round(float(np.mean(v)), 4) for k, v in scores.items()},
    "macroF1Deviation": round(float(np.std(scores["macroF1"])), 4)}))
