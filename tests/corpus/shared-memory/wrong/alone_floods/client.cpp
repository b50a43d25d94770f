#include "Ipc.h"
#include <iostream>

int main()
{
	while (shmget(Ipc::Key, 0, 0) == -1)
		std::cout << "No server yet, please start it!" << std::endl;

	try {
		Ipc ipc(Ipc::Open);
		ipc.wait(0);
		std::cout << ipc.memory() << std::endl;
		ipc.post(1);
	}
	catch (const char* call) {
		perror(call);
		return 1;
	}
	return std::cout ? 0 : 1;
}
