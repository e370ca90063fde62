# SPDX-License-Identifier: GPL-3.0-or-later
"""What encoders of fingerprints are trained for: losses of embeddings [n, size] and the emitters [n] they are of."""

import torch
from torch import Tensor, nn

MARGIN = 1.0  # of the contrastive loss; the siamese paper's section 2.2
_EACH = 5  # positive and negative pairs of a window; its section 2.1
_SHARPNESS = 16.0  # of the softmax over cosines


class ClassLoss(nn.Module):
    """Cross-entropy of a softmax over the cosines to one direction an emitter: the K-class network before transfer."""

    def __init__(self, size: int, emitters: int) -> None:
        super().__init__()
        self.directions = nn.Parameter(torch.randn(emitters, size))

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the mean loss."""
        normalise = nn.functional.normalize
        return nn.functional.cross_entropy(_SHARPNESS * normalise(embeddings) @ normalise(self.directions).T, emitters)


class LogisticLoss(nn.Module):
    """Binary cross-entropy of a logistic regression on the weighted L1 norm (the siamese paper's section 2.2).

    The weights are kept at 0 or above, so that the norm is a distance; a pair is one emitter's where it is below `bias`.
    """

    def __init__(self, size: int, emitters: int) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.zeros(size))
        self.bias = nn.Parameter(torch.tensor(4.0))

    def weights(self) -> Tensor:
        """Return the weights of the L1 norm."""
        return nn.functional.softplus(self.raw)

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the mean loss over the pairs of the batch."""
        one, other, same = pairs_of(emitters)
        distance = (embeddings[one] - embeddings[other]).abs() @ self.weights()
        return nn.functional.binary_cross_entropy_with_logits(self.bias - distance, same)


class ContrastiveLoss(nn.Module):
    """The paper's equation 1, after Hadsell et al., CVPR 2006: same emitter near, others at least `MARGIN` apart."""

    def __init__(self, size: int, emitters: int) -> None:
        super().__init__()

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the mean loss over the pairs of the batch."""
        one, other, same = pairs_of(emitters)
        distance = torch.sqrt((embeddings[one] - embeddings[other]).square().sum(dim=1) + 1e-12)
        return (same * distance**2 + (1 - same) * torch.relu(MARGIN - distance) ** 2).mean()


class TripletLoss(nn.Module):
    """Batch-hard triplets (Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017)."""

    def __init__(self, size: int, emitters: int) -> None:
        super().__init__()

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the mean soft margin between the farthest of the same emitter and the nearest of the others."""
        distance = torch.cdist(embeddings, embeddings)
        same = emitters[:, None] == emitters[None]
        farthest = distance.masked_fill(~same, 0).amax(dim=1)
        nearest = distance.masked_fill(same, torch.inf).amin(dim=1)
        return nn.functional.softplus(_SHARPNESS * (farthest - nearest)).mean() / _SHARPNESS


class SupervisedContrastiveLoss(nn.Module):
    """Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, equation 2; embeddings of unit length."""

    temperature = 0.1

    def __init__(self, size: int, emitters: int) -> None:
        super().__init__()

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the mean loss over the windows that have another of their emitter in the batch."""
        itself = torch.eye(len(embeddings), dtype=torch.bool, device=embeddings.device)
        likeness = (embeddings @ embeddings.T / self.temperature).masked_fill(itself, -torch.inf)
        chosen = likeness.log_softmax(dim=1).masked_fill(itself, 0)
        same = (emitters[:, None] == emitters[None]) & ~itself
        count = same.sum(dim=1)
        return -((chosen * same).sum(dim=1)[count > 0] / count[count > 0]).mean()


class FusedContrastiveLoss(SupervisedContrastiveLoss):
    """The same over fingerprints as they are used, fused of several: each emitter's windows in a batch are dealt to two means.

    Half of the loss of single windows is added.
    """

    def forward(self, embeddings: Tensor, emitters: Tensor) -> Tensor:
        """Return the loss."""
        order = torch.argsort(emitters + torch.rand(len(emitters), device=emitters.device))
        present, group = torch.unique_consecutive(emitters[order], return_inverse=True)
        first = torch.searchsorted(group, torch.arange(len(present), device=group.device))
        place = 2 * group + (torch.arange(len(order), device=group.device) - first[group]) % 2
        sums = embeddings.new_zeros(2 * len(present), embeddings.shape[1]).index_add(0, place, embeddings[order])
        some = torch.bincount(place, minlength=len(sums)) > 0
        fused = nn.functional.normalize(sums[some], dim=1)
        return super().forward(fused, present.repeat_interleave(2)[some]) + super().forward(embeddings, emitters) / 2


def pairs_of(emitters: Tensor, each: int = _EACH) -> tuple[Tensor, Tensor, Tensor]:
    """Return for each window up to `each` others of its emitter and as many of other emitters, at random without replacement.

    Parameters
    ----------
    emitters : int64 [n]
    each : int

    Returns
    -------
    one, other : int64 [pairs]
        Positions in the batch.
    same : float32 [pairs]
        1 where both are of one emitter, else 0; both kinds are equally frequent.
    """
    same = emitters[:, None] == emitters[None]
    same.fill_diagonal_(False)
    different = emitters[:, None] != emitters[None]
    each = min(each, len(emitters))
    count = torch.minimum(same.sum(dim=1), different.sum(dim=1)).clamp(max=each)
    chosen = torch.arange(each, device=emitters.device) < count[:, None]
    order = torch.rand(same.shape, device=emitters.device)
    others = [torch.where(kind, order, -1.0).topk(each, dim=1).indices[chosen] for kind in (same, different)]
    one = torch.arange(len(emitters), device=emitters.device)[:, None].expand(-1, each)[chosen]
    ones = torch.ones(len(one), device=emitters.device)
    return torch.cat((one, one)), torch.cat(others), torch.cat((ones, torch.zeros_like(ones)))
