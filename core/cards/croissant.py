"""A dataset version as Croissant: the record that other programs for data read.

Croissant 1.1 with the RAI vocabulary, as JSON-LD. What Croissant has no word for stands
under `mrs:`: the content hash, the checks with their numbers, and what people declared.
No value of the table is in it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from core.records.checks import Check, Checks
from core.records.data import Column, ColumnType, DatasetVersion, Split
from core.records.estimate import Estimate
from core.records.profile import Profile
from core.records.provenance import CROISSANT, FIELDS, LICENCES, RAI, compute_values

Plain = dict[str, Any]
VERSIONS: Final = (
    "http://mlcommons.org/croissant/1.1",
    "http://mlcommons.org/croissant/RAI/1.0",
)
CR_TERMS: Final = """
arrayShape citeAs column containedIn equivalentProperty extract field fileProperty
fileObject fileSet format includes isArray isLiveDataset jsonPath key md5 parentField path
recordSet references regex repeated replace samplingRate separator source subField transform
"""
CONTEXT: Final[Plain] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "mrs": "urn:countersign:mrs1:",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in CR_TERMS.split()},
}
TYPES: Final = {
    ColumnType.BOOLEAN: "sc:Boolean",
    ColumnType.INTEGER: "cr:Int64",
    ColumnType.NUMBER: "cr:Float64",
    ColumnType.DATE: "sc:Date",
    ColumnType.TIME: "sc:DateTime",
    ColumnType.TEXT: "sc:Text",
}
FORMATS: Final = {
    "csv": "text/csv",
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
}
SPLITS: Final = {
    Split.TRAINING: "cr:TrainingSplit",
    Split.VALIDATION: "cr:ValidationSplit",
    Split.TEST: "cr:TestSplit",
}
FILE: Final = "file"
SPDX: Final = "https://spdx.org/licenses/"


def write_croissant(
    dataset: DatasetVersion,
    declared: Mapping[str, str],
    checks: Checks | None,
    profile: Profile | None,
) -> bytes:
    """Return the JSON-LD; it names the file that was brought, but needs it not.

    Fields that nobody declared are left out, so that a validator says that they are missing.
    """
    said = {id_: text for id_, text in declared.items() if text.strip()}
    values = said | compute_values(dataset)
    record: Plain = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(VERSIONS),
        "name": dataset.title,
        "version": values["version"],
        "citeAs": _citation(dataset, values),
        **_said(values),
        "distribution": [_file(dataset)],
        "recordSet": [_splits(dataset), _rows(dataset, profile)],
        "mrs:contentHash": dataset.id,
        "mrs:rows": dataset.rows,
        "mrs:declared": _others(values),
        "mrs:check": [_check(check) for check in checks.made] if checks else [],
    }
    if dataset.parent:
        record["prov:wasDerivedFrom"] = {"@id": f"mrs:{dataset.parent}"}
    kept = {key: value for key, value in record.items() if value not in ([], {})}
    return (json.dumps(kept, indent=1) + "\n").encode()


def _said(values: Mapping[str, str]) -> Plain:
    """Return what Croissant and RAI have words for."""
    named: dict[str, Any] = {
        "description": values.get("description"),
        "url": values.get("url"),
        "usageInfo": values.get("permitted_use"),
        "datePublished": values.get("issued"),
        "license": _licence(values.get("licence", "")),
        "creator": _maker(values.get("creators", "")),
        "publisher": _maker(values.get("issuer", "")),
        **{
            clause: values[field.id].split(" to ") if field.kind == "window" else values[field.id]
            for field in FIELDS
            for framework, clause in field.frameworks
            if framework == RAI and field.id in values
        },
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def _others(values: Mapping[str, str]) -> Plain:
    """Return what was declared and has no word in either."""
    return {
        f"mrs:{field.id}": values[field.id]
        for field in FIELDS
        if field.origin == "declared"
        and field.id in values
        and not {CROISSANT, RAI} & set(dict(field.frameworks))
    }


def _licence(text: str) -> str:
    """Return the address of a licence of the SPDX list, or what was said."""
    return SPDX + text if text in LICENCES else text


def _maker(text: str) -> Plain:
    return {"@type": "sc:Organization", "name": text} if text else {}


def _citation(dataset: DatasetVersion, values: Mapping[str, str]) -> str:
    """Return how to cite the version: by its content, which is what was examined."""
    made = values.get("creators") or values.get("issuer")
    parts = [
        *([f"author = {{{made}}}"] if made else []),
        f"title = {{{dataset.title}}}",
        f"version = {{{values['version']}}}",
        f"note = {{content hash mrs1:{dataset.id}}}",
    ]
    return f"@misc{{mrs1-{dataset.id[:12]}, {', '.join(parts)}}}"


def _file(dataset: DatasetVersion) -> Plain:
    is_tabbed = dataset.read_as.format == "csv" and dataset.read_as.delimiter == "\t"
    written = FORMATS[dataset.read_as.format]
    return {
        "@type": "cr:FileObject",
        "@id": FILE,
        "name": dataset.file_name,
        "contentUrl": re.split(r"[/\\]", dataset.file_name)[-1],  # never another address
        "encodingFormat": "text/tab-separated-values" if is_tabbed else written,
        "sha256": dataset.file_sha256,
    }


def _splits(dataset: DatasetVersion) -> Plain:
    """Return the one split that the version is, as a record set of its own."""
    split = SPLITS.get(dataset.split, f"mrs:{dataset.split}")
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/url", "name": "url", "dataType": "sc:URL"},
        ],
        "data": [{"splits/name": str(dataset.split), "splits/url": split}],
    }  # fmt: skip


def _rows(dataset: DatasetVersion, profile: Profile | None) -> Plain:
    split = {
        "@type": "cr:Field",
        "@id": "rows/split",
        "name": "split",
        "dataType": "sc:Text",
        "value": str(dataset.split),
        "references": {"field": {"@id": "splits/name"}},
    }
    columns = [
        _column(place, column, dataset, profile)
        for place, column in enumerate(dataset.columns)
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "rows",
        "name": "rows",
        "field": [*columns, split],
    }


def _column(
    place: int, column: Column, dataset: DatasetVersion, profile: Profile | None
) -> Plain:
    field: Plain = {
        "@type": "cr:Field",
        "@id": f"rows/{place}",
        "name": column.name,
        "dataType": TYPES[column.type],
        "source": {"fileObject": {"@id": FILE}, "extract": {"column": column.name}},
        "mrs:use": str(column.use),
        "mrs:sensitive": column.sensitive,
    }
    if digest := dict(dataset.hashes).get(column.name):
        field["mrs:columnHash"] = digest
    if counted := profile.column(column.name) if profile else None:
        field |= {"mrs:missing": counted.missing, "mrs:distinct": counted.distinct}
    return field


def _check(check: Check) -> Plain:
    made: Plain = {
        "@type": "mrs:Check",
        "mrs:rule": check.gate.id,
        "mrs:title": check.gate.title,
        "mrs:verdict": str(check.verdict.word),
        "mrs:limit": f"{check.gate.comparator} {check.gate.limit:g}",
        "mrs:sentence": check.sentence,
        "mrs:rowsConcerned": check.rows,
    }
    if isinstance(measured := check.measured, Estimate):
        made |= {
            "mrs:kind": check.kind,
            "mrs:value": measured.value,
            "mrs:low": measured.low,
            "mrs:high": measured.high,
            "mrs:method": measured.method,
        }
    return made
