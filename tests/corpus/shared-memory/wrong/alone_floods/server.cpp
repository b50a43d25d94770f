#include "Ipc.h"
#include <iostream>

int main()
{
	try {
		Ipc ipc(Ipc::Create);
		char* p = ipc.memory();
		for (char c = 'a'; c <= 'z'; ++c)
			*p++ = c;
		*p = '\0';
		ipc.post(0);
		ipc.wait(1);
	}
	catch (const char* call) {
		perror(call);
		return 1;
	}
	return 0;
}
