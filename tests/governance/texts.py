"""A small policy that tests publish; its numbers are changed by replacing words."""

SMALL = """---
language: 1
name: small
title: 小规章
issuer: 试验公司
trade: 试验
version: "2026-01-01"
effective: "2026-01-01"
zone: Asia/Shanghai
roles:
  前台: {post: 前台, at: own}
kinds:
  complaint: {title: 投诉, matter: true}
  inquiry: {title: 咨询, matter: true}
readings:
  起算: {of: [1#1], choices: {自接诉起: 自接到投诉之时起算, 三十小时: 宽至三十小时}, take: 自接诉起, why: 原文未明}
---

# 小规章

### small/1 第一条

接诉后二十四小时内核实。

```yaml rules
duties:
- {id: verify, meets: [1], who: 前台, after: received, do: verified, within: 24h, reading: 自接诉起}
- {id: verify30, meets: [1], who: 前台, after: received, do: verified, within: 30h, reading: 三十小时}
```
"""


def changed(old: str, new: str, version: str) -> str:
    """The policy with one place changed, as another version."""
    return SMALL.replace('version: "2026-01-01"', f'version: "{version}"').replace(old, new)
