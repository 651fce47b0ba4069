"""The other side of a row: PyTorch, PyTorch Geometric, DGL or sentence-transformers on what Grove reads.

usage: peer.py ROW DATA EXCHANGE     answers `time N`, `check` and `memory` on its input with a line of JSON each
"""
import glob, json, os, resource, sys, time, types

os.environ.setdefault("DGLBACKEND", "pytorch")
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(2)
torch.manual_seed(0)


def load(folder, name, **how):
    return torch.from_numpy(np.load(f"{folder}/{name}.npy", **how))


def largest_difference(ours, theirs):
    """Largest difference of two arrays over the largest entry of the second."""
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-30))


class Peer:
    def __init__(self, data, exchange):
        self.data, self.exchange = data, exchange

    def array(self, name):
        return load(self.data, name)

    def exchanged(self, name):
        return load(self.exchange, name)

    def starts(self):
        """Start of each of our parameters by its name."""
        files = glob.glob(f"{self.exchange}/start-*.npy")
        return {os.path.basename(f)[6:-4]: torch.from_numpy(np.load(f)) for f in files}

    def looped(self, n=None):
        offsets = self.array("looped_offsets")
        n = len(offsets) - 1
        return torch.sparse_csr_tensor(offsets, self.array("looped_columns").long(), self.array("looped_weights"), (n, n))

    def warm(self):
        """What happens once before anything is timed."""
        self.run()
        open("/proc/self/clear_refs", "w").write("5")

    def memory(self):
        return peak_memory()

    def agreement(self, pairs):
        return max(largest_difference(np.load(f"{self.exchange}/{name}.npy"), value) for name, value in pairs)


class SparseProduct(Peer):
    """torch's CSR product with int32 indices, which is the faster form."""

    def __init__(self, *folders):
        super().__init__(*folders)
        offsets = self.array("looped_offsets")
        n = len(offsets) - 1
        self.matrix = torch.sparse_csr_tensor(
            offsets.int(), self.array("looped_columns"), self.array("looped_weights"), (n, n))
        self.x = self.exchanged("x")

    def run(self):
        self.out = self.matrix @ self.x

    def check(self):
        return self.agreement([("out", self.out)])


class SparseTraining(Peer):
    """The product with its gradient: torch_sparse where it is installed, else torch's CSR with its symmetric transpose."""

    def __init__(self, *folders):
        super().__init__(*folders)
        self.x = self.exchanged("x").requires_grad_()
        self.seed = self.exchanged("seed")
        try:
            from torch_sparse import SparseTensor
            matrix = SparseTensor(
                rowptr=self.array("looped_offsets"), col=self.array("looped_columns").long(),
                value=self.array("looped_weights"))
            matrix.storage.csr2csc()
            self.product = lambda x: matrix.matmul(x)
        except ImportError:
            offsets = self.array("looped_offsets")
            n = len(offsets) - 1
            matrix = torch.sparse_csr_tensor(
                offsets.int(), self.array("looped_columns"), self.array("looped_weights"), (n, n))

            class Product(torch.autograd.Function):
                """The matrix is symmetric, so it serves both directions: torch would transpose it in every step."""

                @staticmethod
                def forward(ctx, x):
                    return matrix @ x

                @staticmethod
                def backward(ctx, gradient):
                    return matrix @ gradient

            self.product = Product.apply

    def run(self):
        self.x.grad = None
        self.out = self.product(self.x)
        self.out.backward(self.seed)

    def check(self):
        return self.agreement([("out", self.out), ("gradient", self.x.grad)])


class Attention(Peer):
    def __init__(self, *folders):
        super().__init__(*folders)
        self.x = self.exchanged("x").requires_grad_()
        self.seed = self.exchanged("seed")
        self.starts_ = self.starts()
        offsets, columns = self.array("offsets"), self.array("columns").long()
        n = len(offsets) - 1
        rows = torch.repeat_interleave(torch.arange(n), offsets.diff())
        loops = torch.arange(n)
        self.n, self.source, self.target = n, torch.cat([columns, loops]), torch.cat([rows, loops])
        self.make()
        with torch.no_grad():
            self.set()

    def run(self):
        self.x.grad = None
        for parameter in self.layer.parameters():
            parameter.grad = None
        self.out = self.forward()
        self.out.backward(self.seed)

    def check(self):
        return self.agreement([("out", self.out), ("gradient", self.x.grad)] + self.gradients())


class AttentionPyG(Attention):
    def make(self):
        from torch_geometric.nn import GATConv
        self.layer = GATConv(64, 8, 8, add_self_loops=False)
        self.edges = torch.stack([self.source, self.target])

    def set(self):
        s = self.starts_
        self.layer.lin.weight.copy_(s["weight"].T)
        self.layer.att_src.copy_(s["sourceAttention"].reshape(1, 8, 8))
        self.layer.att_dst.copy_(s["targetAttention"].reshape(1, 8, 8))

    def forward(self):
        return self.layer(self.x, self.edges)

    def gradients(self):
        layer = self.layer
        return [
            ("gradient-weight", layer.lin.weight.grad.T),
            ("gradient-sourceAttention", layer.att_src.grad.reshape(1, 64)),
            ("gradient-targetAttention", layer.att_dst.grad.reshape(1, 64)),
            ("gradient-bias", layer.bias.grad.reshape(1, 64)),
        ]


class AttentionDGL(Attention):
    def make(self):
        import dgl
        self.graph = dgl.graph((self.source.int(), self.target.int()), num_nodes=self.n)
        self.graph.create_formats_()
        self.layer = dgl.nn.GATConv(64, 8, 8)

    def set(self):
        s = self.starts_
        self.layer.fc.weight.copy_(s["weight"].T)
        self.layer.attn_l.copy_(s["sourceAttention"].reshape(1, 8, 8))
        self.layer.attn_r.copy_(s["targetAttention"].reshape(1, 8, 8))

    def forward(self):
        return self.layer(self.graph, self.x).flatten(1)

    def gradients(self):
        layer = self.layer
        return [
            ("gradient-weight", layer.fc.weight.grad.T),
            ("gradient-sourceAttention", layer.attn_l.grad.reshape(1, 64)),
            ("gradient-targetAttention", layer.attn_r.grad.reshape(1, 64)),
            ("gradient-bias", layer.bias.grad.reshape(1, 64)),
        ]


class FullBatch(Peer):
    """PyG on a normalised CSR adjacency that is kept (GCN), or on an edge list (GAT): its faster forms."""

    model, hidden, layers, dropout, drops_input = "gcn", 64, 2, 0.5, True

    def __init__(self, *folders):
        super().__init__(*folders)
        from torch_geometric.nn import GATConv, GCNConv
        self.read()
        inputs, classes = self.x.size(1), int(self.y.max()) + 1
        if self.model == "gat":
            self.convolutions = torch.nn.ModuleList(
                [GATConv(inputs, 8, 8, dropout=0.6), GATConv(64, classes, 1, concat=False, dropout=0.6)])
        else:
            widths = [inputs] + [self.hidden] * (self.layers - 1) + [classes]
            self.convolutions = torch.nn.ModuleList(
                [GCNConv(a, b, normalize=False) for a, b in zip(widths, widths[1:])])
        with torch.no_grad():
            for name, start in self.starts().items():
                parameter = self.parameter(name)
                parameter.copy_(start.T if name.endswith(".weight") else start.reshape(parameter.shape))
        self.optimizer = torch.optim.Adam(self.convolutions.parameters(), lr=0.01, weight_decay=5e-4)

    def parameter(self, name):
        _, layer, part = name.split(".")
        convolution = self.convolutions[int(layer)]
        return {"weight": convolution.lin.weight, "bias": convolution.bias,
                "sourceAttention": getattr(convolution, "att_src", None),
                "targetAttention": getattr(convolution, "att_dst", None)}[part]

    def forward(self, drops=True):
        h = self.x
        activation = F.elu if self.model == "gat" else F.relu
        for layer, convolution in enumerate(self.convolutions):
            h = F.dropout(h, self.dropout, drops and (layer > 0 or self.drops_input))
            h = convolution(h, self.edges)
            if layer < len(self.convolutions) - 1:
                h = activation(h)
        return F.cross_entropy(h[self.train], self.y[self.train])

    def run(self):
        self.convolutions.train()
        self.optimizer.zero_grad()
        self.forward().backward()
        self.optimizer.step()

    def check(self):
        self.convolutions.eval()
        with torch.no_grad():
            for name, start in self.starts().items():
                parameter = self.parameter(name)
                parameter.copy_(start.T if name.endswith(".weight") else start.reshape(parameter.shape))
        self.optimizer.zero_grad()
        self.forward(drops=False).backward()
        pairs = []
        for name, start in self.starts().items():
            gradient = self.parameter(name).grad
            pairs.append((f"gradient-{name}", gradient.T if name.endswith(".weight") else gradient.reshape(start.shape)))
        return self.agreement(pairs)


class Cora(FullBatch):
    def read(self):
        import scipy.sparse as sp
        from torch_geometric.nn.conv.gcn_conv import gcn_norm
        from torch_geometric.utils import to_torch_csr_tensor, to_undirected
        z = np.load(f"{self.data}/features.npz")
        x = sp.csr_matrix((z["data"].astype("f4"), z["indices"], z["indptr"]), shape=tuple(z["shape"])).todense()
        x = torch.tensor(np.asarray(x))
        self.x = x / x.sum(1, keepdim=True).clamp(min=1e-12)
        e = torch.tensor(np.load(f"{self.data}/edges.npy").astype("i8"))
        self.edges = to_undirected(e, num_nodes=len(x))
        self.y = torch.tensor(np.load(f"{self.data}/labels.npy").astype("i8"))
        self.train = torch.tensor(json.load(open(f"{self.data}/splits/public.json"))["train"])
        if self.model == "gcn":
            index, weight = gcn_norm(self.edges, num_nodes=len(x))
            self.edges = to_torch_csr_tensor(index, weight, size=(len(x), len(x)))


class CoraGCNWithoutInputDropout(Cora):
    drops_input = False


class CoraGAT(Cora):
    model, dropout = "gat", 0.6


class ArxivGCN(FullBatch):
    hidden, layers = 256, 3

    def read(self):
        self.x, self.y = self.array("features"), self.array("classes").long()
        self.train = self.array("train").long()
        self.edges = self.looped()


def dgl_graph(peer, name=""):
    import dgl
    offsets, columns = peer.array(f"{name}offsets"), peer.array(f"{name}columns")
    graph = dgl.graph(("csc", (offsets, columns.long(), torch.empty(0, dtype=torch.int64))), num_nodes=len(offsets) - 1)
    return graph


class Sampling(Peer):
    def __init__(self, *folders):
        super().__init__(*folders)
        import dgl
        self.graph = dgl_graph(self)
        self.x = self.array("features")
        seeds = self.array("train").long()[: 50 * 1024]
        self.loader = dgl.dataloading.DataLoader(
            self.graph, seeds, dgl.dataloading.NeighborSampler([10, 15]), batch_size=1024, shuffle=True)

    def run(self):
        sources = edges = 0
        for inputs, _, blocks in self.loader:
            rows = self.x[inputs]
            sources += len(rows)
            edges += sum(block.num_edges() for block in blocks)
        self.counts = torch.tensor([sources, edges], dtype=torch.float32)

    def check(self):
        ours = np.load(f"{self.exchange}/counts.npy")
        return float(np.abs(ours / self.counts.numpy() - 1).max())


class Negatives(Peer):
    """PyTorch Geometric's samplers on the same edges, one thread."""

    def __init__(self, *folders):
        super().__init__(*folders)
        torch.set_num_threads(1)
        offsets, columns = self.array("offsets"), self.array("columns").long()
        self.n = len(offsets) - 1
        sources = torch.repeat_interleave(torch.arange(self.n), offsets[1:] - offsets[:-1])
        self.edges = torch.stack([sources, columns])


class StructuredNegatives(Negatives):
    def run(self):
        from torch_geometric.utils import structured_negative_sampling
        self.sources, _, self.negatives = structured_negative_sampling(
            self.edges, self.n, contains_neg_self_loops=False)

    def check(self):
        """Share of our negatives that are wrong, and whether there are as many."""
        count, wrong = np.load(f"{self.exchange}/counts.npy")
        return float(abs(count / len(self.negatives) - 1) + wrong / count)


class PairNegatives(Negatives):
    def run(self):
        from torch_geometric.utils import negative_sampling
        self.pairs = negative_sampling(self.edges, self.n, num_neg_samples=self.edges.shape[1])

    def check(self):
        count, wrong = np.load(f"{self.exchange}/counts.npy")
        return float(abs(count / self.pairs.shape[1] - 1) + wrong / count)


class AliasDraws(Negatives):
    """torch's draws by weights."""

    def __init__(self, *folders):
        super().__init__(*folders)
        self.weights = torch.bincount(self.edges[0], minlength=self.n).double() ** 0.75

    def run(self):
        self.ids = torch.multinomial(self.weights, self.edges.shape[1], replacement=True)

    def check(self):
        mean = float((self.weights / self.weights.sum())[self.ids].mean())
        return float(abs(np.load(f"{self.exchange}/mean.npy")[0] / mean - 1))


class SampledTraining(Peer):
    def run(self):
        for batch in self.loader:
            self.optimizer.zero_grad()
            self.loss(*batch).backward()
            self.optimizer.step()

    def set(self):
        with torch.no_grad():
            for name, start in self.starts().items():
                parameter = self.parameter(name)
                parameter.copy_(start.T if self.turned(name) else start.reshape(parameter.shape))

    def turned(self, name):
        return name.endswith("weight")

    def check(self):
        self.set()
        self.optimizer.zero_grad()
        self.loss(*next(iter(self.whole))).backward()
        pairs = []
        for name, start in self.starts().items():
            gradient = self.parameter(name).grad
            if gradient is None:  # a parameter that the loss does not reach has no gradient on our side either
                assert not os.path.exists(f"{self.exchange}/gradient-{name}.npy") or not np.load(
                    f"{self.exchange}/gradient-{name}.npy").any(), name
                continue
            pairs.append((f"gradient-{name}", gradient.T if self.turned(name) else gradient.reshape(start.shape)))
        return self.agreement(pairs)


class SampledSAGE(SampledTraining):
    def __init__(self, *folders):
        super().__init__(*folders)
        import dgl
        graph = dgl_graph(self)
        self.x, self.y = self.array("features"), self.array("classes").long()
        seeds = self.array("train").long()
        sampler = dgl.dataloading.NeighborSampler([5, 10, 15])
        self.loader = dgl.dataloading.DataLoader(graph, seeds, sampler, batch_size=1024, shuffle=True)
        self.whole = dgl.dataloading.DataLoader(
            graph, seeds[:256], dgl.dataloading.MultiLayerFullNeighborSampler(3), batch_size=256)
        widths = [self.x.size(1), 256, 256, 40]
        self.layers = torch.nn.ModuleList([dgl.nn.SAGEConv(a, b, "mean") for a, b in zip(widths, widths[1:])])
        self.optimizer = torch.optim.Adam(self.layers.parameters(), lr=0.003)
        self.set()

    def parameter(self, name):
        _, layer, side, part = name.split(".")
        layer = self.layers[int(layer)]
        if side == "own":
            return layer.fc_self.weight
        return layer.fc_neigh.weight if part == "weight" else (
            layer.bias if getattr(layer, "bias", None) is not None else layer.fc_self.bias)

    def loss(self, inputs, seeds, blocks):
        h = self.x[inputs]
        for number, (layer, block) in enumerate(zip(self.layers, blocks)):
            h = layer(block, h)
            if number < 2:
                h = F.relu(h)
        return F.cross_entropy(h, self.y[seeds])


class SampledRGCN(SampledTraining):
    names = ["cites", "cites-back", "writes", "writes-back", "tags", "tags-back"]
    types = ["paper", "author", "topic"]
    ends = [("paper", "paper"), ("paper", "paper"), ("author", "paper"), ("paper", "author"), ("topic", "paper"),
            ("paper", "topic")]

    def __init__(self, *folders):
        super().__init__(*folders)
        import dgl
        from dgl.nn import GraphConv, HeteroGraphConv
        self.x = {t: self.array(f"{t}_features") for t in self.types}
        self.y = self.array("classes").long()
        edges = {}
        for name, (source, target) in zip(self.names, self.ends):
            offsets, columns = self.array(f"{name}_offsets"), self.array(f"{name}_columns").long()
            edges[source, name, target] = ("csc", (offsets, columns, torch.empty(0, dtype=torch.int64)))
        graph = dgl.heterograph(edges, {t: len(x) for t, x in self.x.items()})
        seeds = {"paper": self.array("train").long()}
        sampler = dgl.dataloading.NeighborSampler([5, 10])
        self.loader = dgl.dataloading.DataLoader(graph, seeds, sampler, batch_size=1024, shuffle=True)
        self.whole = dgl.dataloading.DataLoader(
            graph, {"paper": seeds["paper"][:256]}, dgl.dataloading.MultiLayerFullNeighborSampler(2), batch_size=256)
        self.layers = torch.nn.ModuleList()
        for _ in range(2):
            layer = torch.nn.Module()
            layer.relations = HeteroGraphConv(
                {n: GraphConv(64, 64, norm="right", bias=False, allow_zero_in_degree=True) for n in self.names})
            layer.roots = torch.nn.ParameterDict({t: torch.empty(64, 64) for t in self.types})
            layer.bias = torch.nn.Parameter(torch.zeros(64))
            self.layers.append(layer)
        self.output = torch.nn.Linear(64, 16)
        self.optimizer = torch.optim.Adam(
            list(self.layers.parameters()) + list(self.output.parameters()), lr=0.003)
        self.set()

    def turned(self, name):
        return name == "output.weight"

    def parameter(self, name):
        parts = name.split(".")
        if parts[0] == "output":
            return getattr(self.output, parts[1])
        layer = self.layers[int(parts[1])]
        if parts[2] == "weights":
            return layer.relations.mods[self.names[int(parts[3])]].weight
        return layer.roots[self.types[int(parts[3])]] if parts[2] == "roots" else layer.bias

    def loss(self, inputs, seeds, blocks):
        h = {t: self.x[t][inputs[t]] for t in self.types}
        for layer, block in zip(self.layers, blocks):
            own = {t: h[t][: block.num_dst_nodes(t)] @ layer.roots[t] for t in self.types}
            mixed = layer.relations(block, h)
            h = {t: F.relu(own[t] + mixed[t] + layer.bias) if t in mixed else F.relu(own[t] + layer.bias)
                 for t in self.types}
        return F.cross_entropy(self.output(h["paper"]), self.y[seeds["paper"]])


class SentenceEncoding(Peer):
    """sentence-transformers on texts of one a line; its memory is the most that the process ever held, as is ours."""

    def __init__(self, *folders):
        super().__init__(*folders)
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer
        torch.set_num_threads(2)
        self.model = SentenceTransformer(os.path.realpath(f"{self.exchange}/model"), device="cpu")
        with open(f"{self.exchange}/texts.txt", encoding="utf-8", newline="\n") as file:
            self.texts = file.read().split("\n")[:-1]

    def warm(self):
        self.model.encode(self.texts[:8], batch_size=32)

    def run(self):
        self.out = self.model.encode(self.texts, batch_size=32)

    def memory(self):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def check(self):
        """Largest difference of rows of length 1."""
        ours, theirs = (
            rows / np.linalg.norm(rows, axis=1, keepdims=True)
            for rows in (np.load(f"{self.exchange}/rows.npy").astype(float), self.out.astype(float)))
        assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
        return float(np.abs(ours - theirs).max())


ROWS = {
    "spmm-64": SparseProduct, "spmm-128": SparseProduct, "spmm-256": SparseProduct,
    "spmm-products-100": SparseProduct, "spmm-train-64": SparseTraining,
    "gat-train-pyg": AttentionPyG, "gat-train-dgl": AttentionDGL, "sample-dgl": Sampling,
    "negatives-structured": StructuredNegatives, "negatives-pairs": PairNegatives, "negatives-alias": AliasDraws,
    "cora-gcn": Cora, "cora-gcn-nodrop": CoraGCNWithoutInputDropout, "cora-gat": CoraGAT,
    "arxiv-gcn": ArxivGCN, "sage-dgl": SampledSAGE, "rgcn-dgl": SampledRGCN, "minilm": SentenceEncoding,
}


def peak_memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024


def say(**values):
    print(json.dumps(values), flush=True)


def main():
    name, data, exchange = sys.argv[1:]
    row = ROWS[name](data, exchange)
    row.warm()
    say(ready=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "time":
            repeats = int(words[1])
            start = time.perf_counter()
            for _ in range(repeats):
                row.run()
            say(seconds=(time.perf_counter() - start) / repeats)
        elif words[0] == "memory":
            say(mebibytes=row.memory())
        else:
            say(agreesTo=row.check())


main()
