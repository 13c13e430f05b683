/** Packed colours of a band's cells, in their order; `nothing` where there is nothing to show. */
export type CellColours = Int32Array;

/** No colour. */
export const nothing = -1;
