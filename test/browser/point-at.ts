import type { Page } from 'playwright-core';

/** Scrolls the first viewer's picture until the pixel is in view; returns where it is on the screen. */
export async function bringIntoView(page: Page, at: { readonly x: number; readonly y: number }) {
  const stage = page.locator('.stage').first();
  return await stage.evaluate(
    (element, { x, y }) => {
      const stack = element.querySelector('.stack')!;
      const scale = stack.getBoundingClientRect().width / Number(stack.getAttribute('data-width'));
      const left = x * scale - element.clientWidth / 2;
      const top = y * scale - element.clientHeight / 2;
      element.scrollTo({ left, top, behavior: 'instant' });
      const box = stack.getBoundingClientRect();
      return { x: box.left + x * scale, y: box.top + y * scale };
    },
    { x: at.x, y: at.y },
  );
}
