/**
 * Says what stands under the pointer, or under a cross that the keyboard moves: address, region, what the page holds and
 * what became of it in each dump, and the dump in which it was first populated. All it knows is in the viewer's lookup
 * (model/picture-lookup.ts).
 */
export const readout = `
const mostStories = 8;
const becameWords = ['', 'unchanged', 'changed', 'new'];
const describeState = (states, dump, isWhole) => {
  const state = states[dump];
  if (state === '-') return 'not mapped';
  if (state === '?') return 'mapped, not captured';
  const became = dump > 0 && states[dump - 1] === '?' ? 'not captured before' : becameWords[state & 3];
  return (state & 4 ? 'populated' : 'zero') + (became === '' ? '' : ', ' + became + (isWhole || became === 'unchanged' ? '' : ' in part'));
};
const describePage = (states, dump, together) => {
  const all = [...states], count = all.length, first = all.findIndex((state) => state & 4);
  const words = all.map((_, at) => describeState(states, at, together === null));
  const stories = [];
  words.forEach((text, at) => {
    const last = stories[stories.length - 1];
    if (last && last.text === text) last.to = at + 1;
    else stories.push({ text, from: at + 1, to: at + 1 });
  });
  const told = stories.slice(0, mostStories).map(({ text, from, to }) => (from === to ? 'dump ' + from : 'dumps ' + from + '–' + to) + ' ' + text);
  if (stories.length > mostStories) told.push('…');
  const page = together === null ? 'page ' : 'the ' + together + ' around it ';
  const populated = first < 0 ? 'never populated' : 'first populated in dump ' + (first + 1) + ' of ' + count;
  return page + words[dump] + '; ' + populated + '.\\n' + told.join('; ') + '.';
};
const cellAt = (columns, side, column, row) => {
  if (side === 1) return row * columns + column;
  const across = Math.floor(columns / side);
  if (column >= across * side) return -1;
  let x = column % side, y = row % side, step = 0;
  for (let half = side / 2; half >= 1; half /= 2) {
    const right = (x & half) > 0 ? 1 : 0, down = (y & half) > 0 ? 1 : 0;
    step += half * half * ((3 * right) ^ down);
    if (down === 1) continue;
    if (right === 1) { x = side - 1 - x; y = side - 1 - y; }
    [x, y] = [y, x];
  }
  return (Math.floor(row / side) * across + Math.floor(column / side)) * side * side + step;
};
const startReadout = (viewer, { images, stack, stage, natural, shown }) => {
  if (!viewer.dataset.lookup) return undefined;
  const memory = JSON.parse(viewer.dataset.lookup);
  const output = viewer.querySelector('[data-part=readout]'), button = viewer.querySelector('[data-part=aim]');
  const cross = document.createElement('div');
  cross.className = 'cross';
  cross.hidden = true;
  stack.append(cross);
  let last = null, aim = null;
  const origin = () => ({ left: Number(images[shown()].dataset.left), top: Number(images[shown()].dataset.top) });
  const scale = () => stack.getBoundingClientRect().width / natural;
  const describe = (x, y) => {
    const { left, top } = origin();
    const column = Math.floor((x - left) / memory.cellWidth), height = y - top;
    const band = memory.bands.find((one) => height >= one.top && height < one.top + one.height);
    if (!band || column < 0 || column >= memory.columns) return '';
    if (band.text !== null) return band.text;
    const cell = cellAt(memory.columns, band.side, column, Math.floor((height - band.top) / memory.cellHeight));
    if (cell < 0 || cell >= band.cellCount) return '';
    const address = BigInt.asUintN(memory.pointerSize * 8, BigInt(band.start) + BigInt(cell * memory.bytesPerCell));
    let page = Math.floor((cell + band.skew) / memory.cellsPerPage);
    const run = band.pages.find(([count]) => (page -= count) < 0);
    const text = '0x' + address.toString(16).padStart(memory.pointerSize * 2, '0') + ' in ' + band.region;
    return run ? text + ': ' + describePage(run[1], Number(images[shown()].dataset.dump), memory.togetherText) : text;
  };
  const refresh = () => {
    if (!last) return;
    const text = describe(last.x, last.y);
    output.value = text === '' ? 'No memory here.' : text;
  };
  const place = () => {
    cross.hidden = aim === null;
    button.setAttribute('aria-pressed', String(aim !== null));
    if (aim === null) return;
    const { left, top } = origin(), size = scale();
    last = { x: left + (aim.column + 0.5) * memory.cellWidth, y: top + aim.y };
    cross.style.left = (left + aim.column * memory.cellWidth) * size + 'px';
    cross.style.top = (top + Math.floor(aim.y / memory.cellHeight) * memory.cellHeight) * size + 'px';
    cross.style.width = memory.cellWidth * size + 'px';
    cross.style.height = memory.cellHeight * size + 'px';
    refresh();
  };
  const toggle = (on) => {
    const { left, top } = origin(), bottom = memory.bands.at(-1);
    const x = (stage.scrollLeft + stage.clientWidth / 2) / scale() - left, y = (stage.scrollTop + stage.clientHeight / 2) / scale() - top;
    const clamp = (value, most) => Math.max(0, Math.min(most, value));
    aim = on ? { column: clamp(Math.floor(x / memory.cellWidth), memory.columns - 1), y: clamp(y, bottom ? bottom.top + bottom.height - 1 : 0) } : null;
    place();
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const move = ([columns, rows], step) => {
    const bottom = memory.bands.at(-1);
    aim.column = Math.max(0, Math.min(memory.columns - 1, aim.column + columns * step));
    aim.y = Math.max(0, Math.min(bottom ? bottom.top + bottom.height - 1 : 0, aim.y + rows * step * memory.cellHeight));
    place();
    cross.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  button.addEventListener('click', () => { toggle(aim === null); if (aim !== null) stage.focus({ preventScroll: true }); });
  stack.addEventListener('pointermove', (event) => {
    const box = stack.getBoundingClientRect(), size = scale();
    last = { x: (event.clientX - box.left) / size, y: (event.clientY - box.top) / size };
    refresh();
  });
  addEventListener('resize', place);
  return {
    refresh,
    place,
    press(event) {
      if (event.key === 'c' || event.key === 'C') toggle(aim === null);
      else if (event.key === 'Escape' && aim !== null) toggle(false);
      else if (aim !== null && Object.hasOwn(moves, event.key)) move(moves[event.key], event.shiftKey ? 16 : 1);
      else return false;
      event.preventDefault();
      return true;
    },
  };
};`;
