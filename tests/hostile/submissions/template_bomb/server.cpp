template <int N, long Path>
struct Tree {
  static constexpr long kLeaves = Tree<N - 1, 2 * Path>::kLeaves + Tree<N - 1, 2 * Path + 1>::kLeaves;
};
template <long Path>
struct Tree<0, Path> {
  static constexpr long kLeaves = 1;
};

static_assert(Tree<40, 0>::kLeaves > 0);
int main() {}
