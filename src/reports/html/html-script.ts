import { readout } from './readout-script.ts';

/** Sorting: each column header of a sortable table becomes a button. Missing values stay at the end. */
const sorting = `
const valueOf = (row, column) => {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text);
  return { text, number, missing: text === '', numeric: text !== '' && !Number.isNaN(number) };
};
const compare = (a, b) => (a.numeric && b.numeric ? a.number - b.number : a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
const sortBy = (table, headers, column) => {
  const header = headers[column];
  const before = header.getAttribute('aria-sort');
  const first = header.classList.contains('number') ? 'descending' : 'ascending';
  const direction = before === null ? first : before === 'ascending' ? 'descending' : 'ascending';
  for (const other of headers) other.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', direction);
  const sign = direction === 'ascending' ? 1 : -1;
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: valueOf(row, column) }));
  rows.sort((a, b) => (a.value.missing || b.value.missing ? a.value.missing - b.value.missing : sign * compare(a.value, b.value)));
  table.tBodies[0].append(...rows.map((entry) => entry.row));
};
for (const table of document.querySelectorAll('table.sortable')) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    if (header.classList.contains('unsorted')) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...header.childNodes);
    button.addEventListener('click', () => sortBy(table, headers, column));
    header.append(button);
  });
}`;

/** Pictures that do not fit get buttons: one to see the whole, one to see every pixel. */
const figures = `
const startFrame = (frame) => {
  const image = frame.querySelector('img');
  const tools = document.createElement('div');
  tools.className = 'tools';
  const pair = frame.closest('.pair');
  const modes = [['whole', pair ? 'Enlarge' : 'Whole picture'], ['actual', 'Full size']].map(([mode, words]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tool';
    button.textContent = words;
    button.addEventListener('click', () => choose(frame.classList.contains(mode) ? '' : mode));
    return { mode, button };
  });
  tools.append(...modes.map(({ button }) => button));
  const choose = (chosen) => {
    for (const { mode, button } of modes) {
      frame.classList.toggle(mode, mode === chosen);
      button.setAttribute('aria-pressed', String(mode === chosen));
    }
    offer();
  };
  const offer = () => {
    const changed = frame.classList.contains('whole') || frame.classList.contains('actual');
    modes[0].button.hidden = !changed && frame.scrollHeight <= frame.clientHeight && !(pair && pair.clientWidth > frame.clientWidth * 1.3 && image.naturalWidth > image.clientWidth);
    modes[1].button.hidden = !changed && image.naturalWidth <= image.clientWidth;
    tools.hidden = modes.every(({ button }) => button.hidden);
    frame.tabIndex = frame.scrollHeight > frame.clientHeight || frame.scrollWidth > frame.clientWidth ? 0 : -1;
  };
  frame.after(tools);
  addEventListener('resize', offer);
  frame.closest('details')?.addEventListener('toggle', offer);
  image.decode().catch(() => {}).then(() => choose(''));
};
document.querySelectorAll('.frame').forEach(startFrame);`;

/** The viewer: one picture of each dump on the same spot, so that flipping shows only what changed. */
const viewer = `
const mostZoom = 16, zoomStep = 1.5, blinkMilliseconds = 700, panPixels = 80;
const startViewer = (viewer) => {
  const part = (name) => viewer.querySelector('[data-part=' + name + ']');
  const stage = part('stage'), stack = part('stack'), slider = part('slider'), blinker = part('blink');
  const images = [...stack.children];
  const natural = Number(stack.dataset.width);
  const width = () => stage.clientWidth;
  const fitScale = () => Math.min(1, Math.max(1, width()) / natural);
  let shown = 0, scale = 1, isFit = true, blinking = 0;
  const show = (index) => {
    shown = Math.max(0, Math.min(images.length - 1, index));
    images.forEach((image, at) => {
      image.classList.toggle('shown', at === shown);
      image.toggleAttribute('aria-hidden', at !== shown);
    });
    slider.value = String(shown + 1);
    slider.setAttribute('aria-valuetext', images[shown].dataset.label);
    part('label').value = images[shown].dataset.label;
    part('previous').disabled = shown === 0;
    part('next').disabled = shown === images.length - 1;
    readout?.refresh();
  };
  const blink = (on) => {
    clearInterval(blinking);
    blinking = on ? setInterval(() => show((shown + 1) % images.length), blinkMilliseconds) : 0;
    blinker.setAttribute('aria-pressed', String(on));
  };
  const step = (to) => { blink(false); show(to); };
  const zoom = (wanted, x = width() / 2, y = stage.clientHeight / 2) => {
    const fit = fitScale(), old = scale;
    scale = Math.max(fit, Math.min(mostZoom, wanted));
    isFit = scale <= fit;
    const left = (stage.scrollLeft + x) / old, top = (stage.scrollTop + y) / old;
    stack.style.width = natural * scale + 'px';
    stack.classList.toggle('near', scale >= 2);
    stage.scrollLeft = left * scale - x;
    stage.scrollTop = top * scale - y;
    part('scale').value = Math.round(scale * 100) + '%';
    readout?.place();
  };
  const fit = () => {
    stage.style.height = '';
    zoom(0);
    stage.style.height = Math.min(stack.offsetHeight, Math.max(320, innerHeight * 0.8)) + 2 + 'px';
    zoom(0);
  };
  const keys = {
    ArrowLeft: () => step(shown - 1), ArrowRight: () => step(shown + 1), Home: () => step(0), End: () => step(images.length - 1),
    '+': () => zoom(scale * zoomStep), '=': () => zoom(scale * zoomStep), '-': () => zoom(scale / zoomStep), 0: fit, b: () => blink(!blinking),
  };
  const pans = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (readout?.press(event)) return;
    const pan = event.shiftKey ? pans[event.key] : undefined;
    if (pan) stage.scrollBy(pan[0] * panPixels, pan[1] * panPixels);
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
  });
  stage.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && document.activeElement !== stage) return;
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(scale * (event.deltaY < 0 ? zoomStep : 1 / zoomStep), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  stage.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    if (event.offsetX > stage.clientWidth && event.target === stage) return;
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    stage.classList.add('dragging');
    event.preventDefault();
  });
  stage.addEventListener('pointermove', (event) => {
    if (stage.classList.contains('dragging')) stage.scrollBy({ left: -event.movementX, top: -event.movementY, behavior: 'instant' });
  });
  for (const end of ['pointerup', 'pointercancel']) stage.addEventListener(end, () => stage.classList.remove('dragging'));
  slider.addEventListener('input', () => step(Number(slider.value) - 1));
  part('previous').addEventListener('click', () => step(shown - 1));
  part('next').addEventListener('click', () => step(shown + 1));
  part('in').addEventListener('click', () => zoom(scale * zoomStep));
  part('out').addEventListener('click', () => zoom(scale / zoomStep));
  part('fit').addEventListener('click', fit);
  blinker.addEventListener('click', () => blink(!blinking));
  addEventListener('resize', () => { if (isFit) fit(); });
  viewer.closest('details')?.addEventListener('toggle', () => { if (isFit) fit(); });
  const readout = startReadout(viewer, { images, stack, stage, natural, shown: () => shown });
  viewer.classList.add('live');
  for (const tools of viewer.querySelectorAll('.tools')) tools.hidden = false;
  stage.tabIndex = 0;
  show(images.length - 1);
  Promise.all(images.map((image) => image.decode().catch(() => {}))).then(fit);
};
document.querySelectorAll('.viewer').forEach(startViewer);`;

/** The page's script. It only adds comfort: without it every fact and picture is there all the same. */
export const pageScript = `(() => {\n'use strict';${sorting}${figures}${readout}${viewer}\n})();`;
