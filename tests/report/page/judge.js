/* SPDX-License-Identifier: MIT */
/* What a reader of the page sees, judged within the browser: each function gives an array of complaints. */
(() => {
    const name = (element) => {
        const own = element.id ? `#${element.id}` : element.getAttribute("class") ? `.${element.getAttribute("class").trim().replace(/\s+/g, ".")}` : "";
        return `${element.localName}${own}`;
    };
    const where = (element) => `${element.parentElement ? name(element.parentElement) + " > " : ""}${name(element)} "${element.textContent.trim().slice(0, 40)}"`;

    /* ---- contrast: WCAG 2.2, 1.4.3 (AA) ---- */

    const probe = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const known = new Map();
    const rgba = (text) => {
        if (!known.has(text)) {
            probe.clearRect(0, 0, 1, 1);
            probe.fillStyle = text;
            probe.fillRect(0, 0, 1, 1);
            known.set(text, [...probe.getImageData(0, 0, 1, 1).data].map((part, i) => (i === 3 ? part / 255 : part)));
        }
        return known.get(text);
    };
    const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
    const luminance = ([...color]) => {
        const [r, g, b] = color.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
        const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (light + 0.05) / (dark + 0.05);
    };

    /* The filled rectangle that an SVG text stands on, if there is one. */
    const shape_under = (text) => {
        const box = text.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
        let under = null;
        for (let at = text.previousElementSibling; at && !under; at = at.previousElementSibling) {
            const area = at.localName === "rect" ? at.getBoundingClientRect() : null;
            if (area && area.left <= x && x <= area.right && area.top <= y && y <= area.bottom && /^rgb/.test(getComputedStyle(at).fill) && rgba(getComputedStyle(at).fill)[3] > 0)
                under = rgba(getComputedStyle(at).fill);
        }
        return under;
    };
    const ground_of = (element) => {
        const layers = [];
        const text = element.closest("text"), shape = text && shape_under(text);
        if (shape)
            layers.push(shape);
        for (let at = element; at; at = at.parentElement)
            layers.push(rgba(getComputedStyle(at).backgroundColor));
        return layers.reduceRight((back, front) => over(front, back), [255, 255, 255, 1]);
    };
    const is_large = (style) => {
        const size = parseFloat(style.fontSize);
        return size >= 24 || (size >= 18.66 && parseInt(style.fontWeight, 10) >= 700);
    };
    const is_seen = (element) => element.checkVisibility({visibilityProperty: true}) && !element.closest("title, desc, style, .unseen, .defs");
    const texts = () => {
        const found = new Set();
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode())
            if (walker.currentNode.data.trim() && is_seen(walker.currentNode.parentElement))
                found.add(walker.currentNode.parentElement);
        return found;
    };
    const weak = () => {
        const found = [];
        for (const element of texts()) {
            const style = getComputedStyle(element), in_svg = element instanceof SVGElement;
            const ground = ground_of(element), ink = over(rgba(in_svg ? style.fill : style.color), ground);
            const ratio = contrast(ink, ground), least = is_large(style) ? 3 : 4.5;
            if (ratio < least)
                found.push(`contrast ${ratio.toFixed(2)} below ${least}: ${where(element)}`);
            for (let at = element; at; at = at.parentElement)
                if (getComputedStyle(at).opacity !== "1")
                    found.push(`opacity makes text weaker: ${where(element)}`);
        }
        return found;
    };

    /* ---- room ---- */

    const too_wide = () => {
        const root = document.scrollingElement, found = [];
        if (root.scrollWidth > root.clientWidth)
            found.push(`the page is ${root.scrollWidth} wide on a screen of ${root.clientWidth}`);
        for (const text of document.querySelectorAll("svg text")) {
            let svg = text.ownerSVGElement;
            while (svg.ownerSVGElement)
                svg = svg.ownerSVGElement;
            const box = text.getBoundingClientRect(), room = svg.getBoundingClientRect();
            if (is_seen(text) && box.width > 0 && (box.left < room.left - 1 || box.right > room.right + 1))
                found.push(`cut by its drawing: ${where(text)}`);
        }
        for (const text of document.querySelectorAll(".axis text + text")) {
            const before = text.previousElementSibling.getBoundingClientRect(), box = text.getBoundingClientRect();
            if (box.width > 0 && before.right > box.left - 2)
                found.push(`marks of an axis touch: ${where(text)}`);
        }
        for (const element of document.querySelectorAll("body *:not(svg *)")) {
            const box = element.getBoundingClientRect();
            if (is_seen(element) && box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1))
                found.push(`sticks out: ${where(element)}`);
        }
        return found;
    };
    const tiny = () => [...texts()].filter((element) => parseFloat(getComputedStyle(element).fontSize) < 11)
        .map((element) => `text of ${getComputedStyle(element).fontSize}: ${where(element)}`);

    /* ---- keyboard ---- */

    const stops = () => [...document.querySelectorAll("a[href], summary, input, [tabindex='0']")]
        .filter((element) => element.checkVisibility({visibilityProperty: true}));
    const focus_seen = () => {
        const element = document.activeElement, style = getComputedStyle(element), hit = element.querySelector(".hit");
        const drawn = hit ? getComputedStyle(hit) : null;
        return drawn ? drawn.stroke !== "none" : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    };
    /* Where the focus is among all that can have it; -1: nowhere. */
    const focus = () => ({at: stops().indexOf(document.activeElement), seen: focus_seen(), what: where(document.activeElement)});

    window.judge = {
        unfold: () => document.querySelectorAll("details").forEach((details) => { details.open = true; }),
        weak, too_wide, tiny, focus,
        stops: () => stops().length,
    };
})();
