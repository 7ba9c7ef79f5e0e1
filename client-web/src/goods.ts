import type { MessageInitShape } from "@bufbuild/protobuf";
import type { GoodsSchema } from "./gen/tavern/v1/common_pb.js";

/** One side of a trade. */
export interface Goods {
  /** Counts by kind. */
  stacks?: Record<string, bigint | number>;
  /** Ids of unique items. */
  items?: bigint[];
}

/** @throws RangeError for a count that is no whole number */
export function goodsMessage({ stacks = {}, items = [] }: Goods = {}): MessageInitShape<typeof GoodsSchema> {
  return {
    stacks: Object.entries(stacks).map(([kind, count]) => ({ kind, count: BigInt(count) })),
    itemIds: items,
  };
}
