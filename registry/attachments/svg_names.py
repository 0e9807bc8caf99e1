"""The names that may stand in an SVG: all others are taken out."""

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"

ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "title", "desc", "image", "linearGradient",
    "radialGradient", "stop", "clipPath", "mask", "pattern", "marker", "style", "switch",
})  # fmt: skip
"""Shapes, text, and what paints them; nothing that runs, fetches, animates or holds other languages."""

UNWRAPPED = frozenset({"a"})
"""Elements of which the content stays, as that of a group."""

WITH_TEXT = frozenset({"text", "tspan", "textPath", "title", "desc", "style"})

REFERRING = frozenset({
    "use", "textPath", "linearGradient", "radialGradient", "pattern",
})  # fmt: skip
"""Elements that may name another of the same file."""

PROPERTIES = frozenset({
    "alignment-baseline", "baseline-shift", "clip-path", "clip-rule", "color", "color-interpolation",
    "direction", "display", "dominant-baseline", "fill", "fill-opacity", "fill-rule", "font-family",
    "font-size", "font-stretch", "font-style", "font-variant", "font-weight", "letter-spacing",
    "marker-end", "marker-mid", "marker-start", "mask", "mix-blend-mode", "opacity", "overflow",
    "paint-order", "shape-rendering", "stop-color", "stop-opacity", "stroke", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity",
    "stroke-width", "text-anchor", "text-decoration", "text-rendering", "unicode-bidi",
    "vector-effect", "visibility", "white-space", "word-spacing", "writing-mode",
})  # fmt: skip
"""Properties of presentation: as attributes, in ``style`` and in style sheets."""

ATTRIBUTES = PROPERTIES | {
    "id", "class", "style", "version", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2",
    "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "d", "points", "pathLength", "rotate",
    "textLength", "lengthAdjust", "startOffset", "method", "spacing", "transform", "offset",
    "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits", "maskUnits",
    "maskContentUnits", "patternUnits", "patternContentUnits", "patternTransform", "markerUnits",
    "markerWidth", "markerHeight", "orient", "refX", "refY", "preserveAspectRatio", "lang", "role",
}  # fmt: skip

FUNCTIONS = frozenset({
    "rgb", "rgba", "hsl", "hsla", "matrix", "translate", "rotate", "scale", "skewx", "skewy", "url",
})  # fmt: skip
"""Functions that may stand in a value; ``url`` names an element of the same file alone."""
