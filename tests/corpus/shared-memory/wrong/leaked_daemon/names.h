#define KEY   5678
#define FULL  "/lab.full"
#define EMPTY "/lab.empty"
